#pragma once
#include <string>
#include <string_view>

#include "orchestrator/plan/endpoint.hpp"

namespace transload::shardingsphere {

/// JDBC URL of a storage unit, for Connector/J inside the proxy; without user and password. It differs from what
/// Liquibase gets in what 5.5.2 demands: it splits the URL by itself (no IPv6, database undecoded) and its binlog
/// client speaks no TLS. Throws Error (usage) for a host or database that this can't carry and for an endpoint that
/// demands TLS.
[[nodiscard]] std::string unit_url(const Endpoint& endpoint, std::string_view database);

}  // namespace transload::shardingsphere

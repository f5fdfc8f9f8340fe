#pragma once
#include <optional>
#include <string>
#include <vector>

#include "adapters/config/database_mapping.hpp"
#include "adapters/config/reader.hpp"
#include "adapters/config/server_reader.hpp"
#include "orchestrator/plan/endpoint.hpp"

namespace transload::config {

/// What a document says about one side of the migration.
struct EndpointWords {
    Endpoint endpoint;
    DatabaseWords databases;
};

/// Reads `source` or `target` (a URL or a map) together with `<side>_password` and `<side>_password_file`
/// beside it. The password of the latest origin wins; two of the same origin are Error "config.conflict".
[[nodiscard]] EndpointWords read_endpoint(const MapReader& job, std::string_view side,
                                          const EndpointRules& rules);

}  // namespace transload::config

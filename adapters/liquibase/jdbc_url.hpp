#pragma once
#include <string>
#include <string_view>

#include "orchestrator/plan/endpoint.hpp"

namespace transload::liquibase {

enum class Driver { mysql, mariadb };

/// Everything but ASCII letters, digits, '-', '_' and '.' as %XX.
[[nodiscard]] std::string percent_encode(std::string_view bytes);

/// JDBC URL of one database, whatever its name holds. Never contains user or password.
[[nodiscard]] std::string jdbc_url(const Endpoint& endpoint, std::string_view database, Driver driver);

}  // namespace transload::liquibase

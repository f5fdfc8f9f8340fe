#pragma once
#include "adapters/config/reader.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload::config {

/// {home, java, timeout} over the given options.
[[nodiscard]] inline LiquibaseOptions read_liquibase(const Value& value, LiquibaseOptions options) {
    const MapReader map(value.node(), value.path(), {"home", "java", "timeout"});
    // Empty text means "look for it", as in the options themselves.
    const auto text = [](const Value& path) {
        return path.node().kind == NodeKind::text && path.node().text.empty() ? std::string{} : path.text();
    };
    if (const auto home = map.get("home")) options.home = text(*home);
    if (const auto java = map.get("java")) options.java = text(*java);
    if (const auto timeout = map.get("timeout"))
        options.timeout = timeout->duration(std::chrono::seconds{1}, std::chrono::hours{24});
    return options;
}

}  // namespace transload::config

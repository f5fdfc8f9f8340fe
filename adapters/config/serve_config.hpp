#pragma once
#include <cstdint>
#include <string>

#include "adapters/config/node.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload::config {

struct ServerConfig {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;  ///< 0 = any free port
    std::string token_file;     ///< empty: no token, allowed on a loopback address, or as the next member says
    bool allow_unauthenticated = false;  ///< on another address, too: something else keeps strangers away
    std::string tls_cert;       ///< PEM files; both or none
    std::string tls_key;
};

/// What `transload serve --config` reads.
struct ServeConfig {
    ServerConfig server;
    std::string state_dir = "./transload-state";
    std::string schema_dir = "./generated-schema";
    LiquibaseOptions liquibase;
    ShardingSphereOptions shardingsphere;  ///< for jobs that name no proxies themselves
    unsigned concurrent_jobs = 2;
};

/// Throws Error (see config_error.hpp) at the first thing that is wrong.
[[nodiscard]] ServeConfig serve_config_from(const Node& document);

}  // namespace transload::config

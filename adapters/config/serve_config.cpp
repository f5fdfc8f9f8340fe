#include "adapters/config/serve_config.hpp"

#include "adapters/config/config_error.hpp"
#include "adapters/config/liquibase_reader.hpp"
#include "adapters/config/shardingsphere_reader.hpp"

namespace transload::config {
namespace {

ServerConfig read_server(const Value& value) {
    ServerConfig server;
    const MapReader map(value.node(), value.path(), {"host", "port", "token_file", "allow_unauthenticated", "tls"});
    if (const auto host = map.get("host")) server.host = host->text();
    if (const auto port = map.get("port")) server.port = static_cast<std::uint16_t>(port->count(0, 65535));
    if (const auto token = map.get("token_file")) server.token_file = token->text();
    if (const auto open = map.get("allow_unauthenticated")) {
        server.allow_unauthenticated = open->boolean();
        if (server.allow_unauthenticated && !server.token_file.empty())
            throw config_error("config.conflict", open->path(), "can't be together with server.token_file",
                               "Leave one of them out.");
    }
    if (const auto tls = map.get("tls")) {
        const MapReader files(tls->node(), tls->path(), {"cert", "key"});
        const auto cert = files.get("cert");
        const auto key = files.get("key");
        if (!cert || !key)
            throw config_error("config.missing", files.path_of(cert ? "key" : "cert"), "is missing",
                               "TLS needs a certificate and its key.");
        server.tls_cert = cert->text();
        server.tls_key = key->text();
    }
    return server;
}

}  // namespace

ServeConfig serve_config_from(const Node& document) {
    ServeConfig config;
    const MapReader map(document, "",
                        {"server", "state_dir", "schema_dir", "liquibase", "shardingsphere", "jobs"});
    if (const auto server = map.get("server")) config.server = read_server(*server);
    if (const auto dir = map.get("state_dir")) config.state_dir = dir->text();
    if (const auto dir = map.get("schema_dir")) config.schema_dir = dir->text();
    if (const auto liquibase = map.get("liquibase"))
        config.liquibase = read_liquibase(*liquibase, config.liquibase);
    if (const auto proxies = map.get("shardingsphere")) config.shardingsphere = read_shardingsphere(*proxies, {}, {});
    if (const auto jobs = map.get("jobs")) {
        const MapReader members(jobs->node(), jobs->path(), {"concurrent"});
        if (const auto concurrent = members.get("concurrent"))
            config.concurrent_jobs = static_cast<unsigned>(concurrent->count(1, 64));
    }
    return config;
}

}  // namespace transload::config

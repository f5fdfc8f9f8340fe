#include "adapters/config/serve_config.hpp"

#include "adapters/config/document.hpp"
#include "tests/unit/config/expect_error.hpp"

using namespace transload;
using namespace transload::config;
using transload::test::error_of;

TEST_CASE("a server's file with everything is read") {
    const ServeConfig config = serve_config_from(parse_yaml(R"(
server: {host: 0.0.0.0, port: 8443, token_file: /run/token, tls: {cert: /c.pem, key: /k.pem}}
state_dir: /var/lib/transload
schema_dir: /srv/schema
liquibase: {home: /opt/liquibase, java: /usr/bin/java, timeout: 5m}
shardingsphere: {proxies: [{url: "mysql://root:root@127.0.0.1:3307", namespace: ns}, {url: "mysql://r@p2"}]}
jobs: {concurrent: 3}
)",
                                                            "f"));
    CHECK(config.server.host == "0.0.0.0");
    CHECK(config.server.port == 8443);
    CHECK(config.server.token_file == "/run/token");
    CHECK(config.server.tls_key == "/k.pem");
    CHECK(config.state_dir == "/var/lib/transload");
    CHECK(config.liquibase.timeout == std::chrono::minutes{5});
    CHECK(config.shardingsphere.proxies.at(0).namespace_name == "ns");
    CHECK(config.shardingsphere.proxies.at(0).endpoint.password.reveal() == "root");
    CHECK(config.shardingsphere.proxies.at(1).namespace_name == "governance_ds");
    CHECK(config.concurrent_jobs == 3);
}

TEST_CASE("an empty server's file listens on the loopback interface only") {
    const ServeConfig config = serve_config_from(parse_yaml("", "f"));
    CHECK(config.server.host == "127.0.0.1");
    CHECK(config.server.port == 8080);
    CHECK(config.server.token_file.empty());
    CHECK(config.concurrent_jobs == 2);
}

TEST_CASE("a server that asks nobody who they are says so, and has no token beside it") {
    CHECK_FALSE(serve_config_from(parse_yaml("", "f")).server.allow_unauthenticated);
    CHECK(serve_config_from(parse_yaml("server: {host: 0.0.0.0, allow_unauthenticated: true}", "f")).server.allow_unauthenticated);
    CHECK(error_of([] {
              (void)serve_config_from(parse_yaml("server: {token_file: /t, allow_unauthenticated: true}", "f"));
          }).object() == "server.allow_unauthenticated");
}

TEST_CASE("a server's file that is wrong names the key") {
    const auto path_of = [](const char* yaml) {
        return error_of([&] { (void)serve_config_from(parse_yaml(yaml, "f")); }).object();
    };
    CHECK(path_of("server: {port: 65536}") == "server.port");
    CHECK(path_of("server: {prot: 1}") == "server.prot");
    CHECK(path_of("server: {tls: {cert: x}}") == "server.tls.key");
    CHECK(path_of("server: {tls: true}") == "server.tls");
    CHECK(path_of("jobs: {concurrent: 0}") == "jobs.concurrent");
    CHECK(path_of("shardingsphere: {proxies: [{namespace: x}]}") == "shardingsphere.proxies[0].url");
    CHECK(path_of("shardingsphere: {proxies: {}}") == "shardingsphere.proxies");
    CHECK(path_of("source: mysql://u@h") == "source");
}

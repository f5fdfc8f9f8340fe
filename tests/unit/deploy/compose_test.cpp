// docker-compose.yml against what it starts: the program's own readers, and what the official images do. The
// paths of those are from apache/shardingsphere-proxy 5.5.2 (Dockerfile, start.sh), mysql 8.0 and zookeeper 3.8
// (Dockerfile, docker-entrypoint.sh).
#include <catch2/catch.hpp>
#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

#include "adapters/config/document.hpp"
#include "adapters/config/job_document.hpp"
#include "adapters/config/serve_config.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/deploy/compose_file.hpp"

using namespace transload;
using namespace transload::test;

namespace {

config::ServeConfig serve_config() {
    return config::serve_config_from(config::read_document(source_dir() / "deploy/serve.yaml"));
}

JobSpec demo_job() {
    config::JobRules rules;
    rules.remote = true;
    return config::job_spec_from_request(read_file(source_dir() / "deploy/demo-job.json"), rules);
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// "key=value" of a properties file.
std::string property(const std::string& file, const std::string& key) {
    std::smatch match;
    const std::string text = read_file(source_dir() / file);
    REQUIRE(std::regex_search(text, match, std::regex("(^|\n)" + key + "=([^\n]*)")));
    return match[2];
}

}  // namespace

TEST_CASE("the compose file has the five services, each of an image of one version") {
    const ComposeFile file;
    std::vector<std::string> names = file.services();
    std::sort(names.begin(), names.end());
    CHECK(names == std::vector<std::string>{"orchestrator", "shardingsphere-proxy", "source-db", "target-db", "zookeeper"});
    for (const std::string& name : names) {
        CAPTURE(name);
        CHECK(std::regex_match(file.text(name, "image"), std::regex("[a-z/-]+:[0-9]+\\.[0-9]+\\.[0-9]+")));
    }
    CHECK(file.text("source-db", "image").starts_with("mysql:8.0."));
    CHECK(file.text("source-db", "image") == file.text("target-db", "image"));
    CHECK(file.text("zookeeper", "image").starts_with("zookeeper:3.8."));
}

TEST_CASE("each service starts again by itself, has a limit of memory, no rights to spare and a health check") {
    const ComposeFile file;
    for (const std::string& name : file.services()) {
        CAPTURE(name);
        CHECK(file.text(name, "restart") == "unless-stopped");
        CHECK(bytes(file.text(name, "mem_limit")) >= bytes("256m"));
        CHECK(file.list(name, "cap_drop") == std::vector<std::string>{"ALL"});
        CHECK(contains(file.list(name, "security_opt"), "no-new-privileges:true"));
        CHECK(file.health_check(name).size() >= 2);
    }
}

TEST_CASE("services start in the order of what they need") {
    const ComposeFile file;
    const auto waits_for = [&](const char* service, const char* other) {
        return member(member(member(file.service(service), "depends_on"), other), "condition").text == "service_healthy";
    };
    CHECK(waits_for("shardingsphere-proxy", "zookeeper"));
    for (const char* other : {"source-db", "target-db", "shardingsphere-proxy"}) CHECK(waits_for("orchestrator", other));
}

TEST_CASE("only the orchestrator is published, to this machine alone") {
    const ComposeFile file;
    const config::ServeConfig config = serve_config();
    for (const std::string& name : file.services()) {
        CAPTURE(name);
        CHECK((file.service(name).find("ports") != nullptr) == (name == "orchestrator"));
        CHECK(file.service(name).find("network_mode") == nullptr);
    }
    CHECK(file.list("orchestrator", "ports") == std::vector<std::string>{"127.0.0.1:8080:" + std::to_string(config.server.port)});
    CHECK(config.server.host == "0.0.0.0");
    // Without a token, which is right as long as the line above holds.
    CHECK(config.server.allow_unauthenticated);
}

TEST_CASE("what is mounted from this repository is in it, and nothing but the changelogs can be written") {
    const ComposeFile file;
    const config::Node& volumes = member(file.root(), "volumes");
    for (const std::string& name : file.services()) {
        if (file.service(name).find("volumes") == nullptr) continue;
        for (const Mount& mount : file.mounts(name)) {
            CAPTURE(name, mount.from, mount.to);
            if (mount.of_the_host()) {
                CHECK(std::filesystem::exists(source_dir() / mount.from));
                CHECK(mount.read_only == (mount.from != "./generated-schema"));
            } else {
                CHECK(volumes.find(mount.from) != nullptr);
            }
        }
    }
}

TEST_CASE("the orchestrator's configuration is one that it reads, and its folders are mounted") {
    const ComposeFile file;
    const config::ServeConfig config = serve_config();
    CHECK(file.mount_at("orchestrator", "/etc/transload/serve.yaml").from == "./deploy/serve.yaml");
    CHECK_FALSE(file.mount_at("orchestrator", config.state_dir).of_the_host());
    CHECK(config.schema_dir == "./generated-schema");    // below the image's working folder
    CHECK(file.mount_at("orchestrator", "/transload/generated-schema").from == "./generated-schema");
    CHECK(file.health_check("orchestrator") ==
          std::vector<std::string>{"CMD", "transload", "job", "list", "--server",
                                   "http://127.0.0.1:" + std::to_string(config.server.port)});
}

TEST_CASE("the demo job is one that the server takes, between the two databases of the compose file") {
    const ComposeFile file;
    const JobSpec job = demo_job();
    CHECK(job.source.host == "source-db");
    CHECK(job.target.host == "target-db");
    CHECK(job.source.port == 3306);
    CHECK(job.target.port == 3306);
    CHECK(job.engine == EngineChoice::automatic);
    CHECK(job.start);
    CHECK(job.cutover.mode == CutoverMode::automatic);
    CHECK(job.shardingsphere.proxies.empty());    // the server's own: deploy/serve.yaml
    REQUIRE(job.databases.size() == 1);
    CHECK(job.databases.front().source == "shop");
    for (const char* account : {"source-account.sql", "target-account.sql"}) {
        const std::string sql = read_file(source_dir() / "deploy/mysql" / account);
        CHECK(sql.find("CREATE USER '" + job.source.user + "'@'%' IDENTIFIED BY '" + job.source.password.reveal() + "'") != std::string::npos);
    }
}

TEST_CASE("the databases are filled by the entry point of their image, and healthy only when that is done") {
    const ComposeFile file;
    CHECK(file.mount_at("source-db", "/sample-shop").from == "./deploy/sample-shop");
    for (const char* name : {"source-db", "target-db"}) {
        CAPTURE(name);
        CHECK(file.text(name, "user") == "mysql");
        CHECK_FALSE(file.mount_at(name, "/var/lib/mysql").of_the_host());
        CHECK(member(member(file.service(name), "environment"), "MYSQL_RANDOM_ROOT_PASSWORD").text == "yes");
        // The entry point runs them in the order of their names: the account, which the check uses, is the last.
        std::set<std::string> scripts;
        for (const Mount& mount : file.mounts(name))
            if (mount.to.starts_with("/docker-entrypoint-initdb.d/")) scripts.insert(mount.to);
        REQUIRE(scripts.size() == 2);
        CHECK(scripts.rbegin()->ends_with("-account.sql"));
        // Its temporary server has no network.
        const std::vector<std::string> check = file.health_check(name);
        REQUIRE(check.size() == 2);
        CHECK(check[0] == "CMD-SHELL");
        CHECK(check[1].find("--protocol=tcp") != std::string::npos);
        CHECK(check[1].find("--user=" + demo_job().source.user + " ") != std::string::npos);
    }
    // Sourced, not run, or it would not know docker_process_sql.
    const auto permissions = std::filesystem::status(source_dir() / "deploy/mysql/fill-source.sh").permissions();
    CHECK((permissions & std::filesystem::perms::owner_exec) == std::filesystem::perms::none);
}

TEST_CASE("the source writes the binary log that ShardingSphere needs, the target takes what Transload loads") {
    const ComposeFile file;
    const std::vector<std::string> source = file.list("source-db", "command");
    for (const char* option : {"--log-bin=binlog", "--binlog-format=ROW", "--binlog-row-image=FULL", "--binlog-row-value-options=",
                               "--loose-binlog-transaction-compression=OFF"})
        CHECK(contains(source, option));
    CHECK(contains(file.list("target-db", "command"), "--local-infile=ON"));
}

TEST_CASE("the proxy is started as its image does it, with the port and namespace that the orchestrator knows") {
    const ComposeFile file;
    const config::ServeConfig config = serve_config();
    REQUIRE(config.shardingsphere.proxies.size() == 1);
    CHECK(config.shardingsphere.proxies[0].endpoint.host == "shardingsphere-proxy");
    CHECK(member(member(file.service("shardingsphere-proxy"), "environment"), "PORT").text == std::to_string(config.shardingsphere.proxies[0].endpoint.port));
    CHECK(file.service("shardingsphere-proxy").find("entrypoint") == nullptr);
    CHECK(file.mount_at("shardingsphere-proxy", "/opt/shardingsphere-proxy/conf").from == "./proxy-conf");
    CHECK(file.health_check("shardingsphere-proxy").at(3).find("/dev/tcp/127.0.0.1/" + std::to_string(config.shardingsphere.proxies[0].endpoint.port)) != std::string::npos);

    const config::Node conf = config::read_document(source_dir() / "proxy-conf/global.yaml");
    const config::Node& repository = member(member(conf, "mode"), "repository");
    CHECK(member(member(conf, "mode"), "type").text == "Cluster");
    CHECK(member(repository, "type").text == "ZooKeeper");
    CHECK(member(member(repository, "props"), "namespace").text == config.shardingsphere.proxies[0].namespace_name);
    CHECK(member(member(repository, "props"), "server-lists").text == "zookeeper:" + property("zookeeper/zoo.cfg", "clientPort"));
    const config::Node& user = member(member(conf, "authority"), "users").items.at(0);
    CHECK(member(user, "user").text == config.shardingsphere.proxies[0].endpoint.user + "@%");
    CHECK(member(user, "password").text == config.shardingsphere.proxies[0].endpoint.password.reveal());
}

TEST_CASE("ZooKeeper keeps its data where its image has volumes, and answers the health check") {
    const ComposeFile file;
    CHECK(file.text("zookeeper", "user") == "zookeeper");
    CHECK(file.mount_at("zookeeper", "/conf/zoo.cfg").from == "./zookeeper/zoo.cfg");
    CHECK_FALSE(file.mount_at("zookeeper", property("zookeeper/zoo.cfg", "dataDir")).of_the_host());
    CHECK_FALSE(file.mount_at("zookeeper", property("zookeeper/zoo.cfg", "dataLogDir")).of_the_host());
    CHECK(property("zookeeper/zoo.cfg", "4lw.commands.whitelist").find("ruok") != std::string::npos);
    CHECK(file.health_check("zookeeper").at(1).find("nc -w 2 127.0.0.1 " + property("zookeeper/zoo.cfg", "clientPort")) != std::string::npos);
}

TEST_CASE("health checks that a shell runs are shell") {
    const ComposeFile file;
    for (const std::string& name : file.services()) {
        const std::vector<std::string> check = file.health_check(name);
        CAPTURE(name, check);
        if (check[0] == "CMD-SHELL") CHECK(run({"sh", "-n", "-c", check[1]}).exit_code == 0);
        if (check[0] == "CMD" && check[1] == "bash") CHECK(run({"bash", "-n", "-c", check.at(3)}).exit_code == 0);
    }
}

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "adapters/shardingsphere/distsql/proxy.hpp"
#include "tests/shardingsphere/move/live_writer.hpp"
#include "tests/shardingsphere/move/move.hpp"

using namespace transload::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// Databases and tables with their times of creation, and the logical databases of the proxies.
std::string state_of_target(World& world) {
    std::string state = sql(world.target, "SELECT schema_name FROM information_schema.schemata ORDER BY 1; SELECT table_schema, "
                                          "table_name, create_time FROM information_schema.tables WHERE table_schema NOT IN "
                                          "('mysql', 'sys', 'performance_schema', 'information_schema') ORDER BY 1, 2");
    for (std::size_t i = 0; i < world.cluster.size(); ++i) {
        transload::shardingsphere::Proxy proxy(world.cluster.proxy(i).options());
        std::vector<std::string> databases = proxy.databases();
        std::sort(databases.begin(), databases.end());
        for (const std::string& database : databases) state += database + "\n";
    }
    return state;
}

}  // namespace

TEST_CASE("the sample shop arrives whole through both engines in one job, and each table that native carries has its reason") {
    NEEDS_SHARDING_CLUSTER();
    World& world = fresh_world();
    load_sample_shop(world.source);
    create_shop_definers(world.target);
    Move move(world, "shop");
    move.job["engine"] = "auto";
    const ProcessResult result = move.run();
    check_done(world, result);
    check_moved(world, "shop");
    const json report = report_of(result);
    std::map<std::string, std::set<std::string>> tables;
    for (const json& table : report.at("tables")) tables[table.at("engine")].insert(table.at("name").get<std::string>());
    CHECK(tables["shardingsphere"].size() >= 3);
    CHECK(tables["native"].size() >= 3);
    std::set<std::string> explained;
    for (const json& finding : report.at("findings"))
        if (finding.at("severity") == "info" && finding.at("id").get<std::string>().starts_with("shardingsphere."))
            explained.insert(finding.at("object").get<std::string>());
    for (const std::string& table : tables["native"]) {
        CAPTURE(table, explained);
        // A finding may be about a column or an index of the table.
        CHECK(std::any_of(explained.begin(), explained.end(), [&](const std::string& object) { return object.starts_with(table); }));
    }
    CHECK(report.at("schema").at("identical") == report.at("schema").at("objects"));
}

TEST_CASE("tables that ShardingSphere would lose rows of are refused one by one, and nothing is changed anywhere") {
    NEEDS_SHARDING_CLUSTER();
    World& world = fresh_world();
    sql(world.source, R"(
CREATE DATABASE traps CHARACTER SET utf8mb4; USE traps;
CREATE TABLE harmless (id INT PRIMARY KEY, v INT);
CREATE TABLE no_key (a INT, b INT);
CREATE TABLE nullable_unique (id INT PRIMARY KEY, code INT NULL, UNIQUE KEY (code));
CREATE TABLE nullable_only (code INT NULL, v INT, UNIQUE KEY (code));
CREATE TABLE with_json (id INT PRIMARY KEY, doc JSON);
CREATE TABLE with_time (id INT PRIMARY KEY, t TIME(3));
CREATE TABLE with_float (id INT PRIMARY KEY, f FLOAT);
CREATE TABLE with_set (id INT PRIMARY KEY, s SET('a','b','c','d','e','f','g','h','i'));
CREATE TABLE with_point (id INT PRIMARY KEY, p POINT);
CREATE TABLE with_generated (id INT PRIMARY KEY, v INT, w INT GENERATED ALWAYS AS (v + 1) STORED);
CREATE TABLE with_on_update (id INT PRIMARY KEY, v INT, t TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP);
CREATE TABLE with_latin (id INT PRIMARY KEY, v VARCHAR(20) CHARACTER SET latin1);
CREATE TABLE big_key (id BIGINT UNSIGNED PRIMARY KEY, v INT);
CREATE TABLE `rule` (id INT PRIMARY KEY);
CREATE TABLE `select` (id INT PRIMARY KEY);
CREATE TABLE `it's` (id INT PRIMARY KEY);
CREATE TABLE parent (id INT PRIMARY KEY);
CREATE TABLE child (id INT PRIMARY KEY, parent_id INT, CONSTRAINT f FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE);
INSERT INTO harmless VALUES (1, 1); INSERT INTO no_key VALUES (1, 1); INSERT INTO nullable_unique VALUES (1, NULL), (2, NULL);
INSERT INTO big_key VALUES (18446744073709551615, 1), (1, 2); INSERT INTO with_time VALUES (1, '-12:00:00.500');
CREATE VIEW totals AS SELECT COUNT(*) AS n FROM harmless;
)");
    const Move move(world, "traps");
    const std::string before = state_of_target(world);
    const ProcessResult result = move.run();
    INFO(result.err);
    INFO(result.out);
    CHECK(result.exit_code == 3);
    std::map<std::string, std::set<std::string>> refused;
    const json report = report_of(result);
    for (const json& finding : report.at("findings"))
        if (finding.at("severity") == "error") refused[finding.at("object")].insert(finding.at("id").get<std::string>());
    for (const std::string table : {"no_key", "nullable_unique", "nullable_only", "with_json", "with_time", "with_float", "with_set",
                                    "with_point", "with_generated", "with_on_update", "with_latin", "big_key", "rule", "select",
                                    "it's", "child"}) {
        CAPTURE(table);
        CHECK(std::any_of(refused.begin(), refused.end(), [&](const auto& entry) { return entry.first.starts_with("traps." + table); }));
    }
    for (const std::string table : {"harmless", "parent"}) CHECK_FALSE(refused.contains("traps." + table));
    CHECK(state_of_target(world) == before);
    CHECK(leftovers(world) == std::vector<std::string>{});
    CHECK(takes_writes(world.source));

    // The same tables with engine auto: not one row lost.
    Move again(world, "traps");
    again.job["engine"] = "auto";
    const ProcessResult moved = again.run();
    check_done(world, moved);
    check_moved(world, "traps");
}

TEST_CASE("applications reach every table of a sharded target through the proxy, whichever engine carried it") {
    NEEDS_SHARDING_CLUSTER();
    World& world = fresh_world();
    sql(world.source,
        "CREATE DATABASE mixed CHARACTER SET utf8mb4; USE mixed;"
        "CREATE TABLE spread (id INT PRIMARY KEY, v INT NOT NULL);"
        "CREATE TABLE plain (id INT PRIMARY KEY, v VARCHAR(20));"
        "CREATE TABLE documents (id INT PRIMARY KEY, d JSON);"
        "INSERT INTO spread VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 5);"
        "INSERT INTO plain VALUES (1, 'a'), (2, NULL);"
        "INSERT INTO documents VALUES (1, '{\"a\": [true, 1.5]}'), (2, NULL), (3, '[]')");
    for (const TestServer* server : {&world.target, &world.shard}) sql(*server, "CREATE DATABASE mixed CHARACTER SET utf8mb4");
    Move move(world, "mixed", 1);
    const auto unit = [](const TestServer& server) {
        return nlohmann::json{{"host", server.host()}, {"port", server.port()}, {"user", TestServer::user()},
                              {"password", server.password()}, {"database", "mixed"}};
    };
    // mod places no range that is open at one end; validation asks for such.
    move.job["target"] = {{"sharding",
                           {{"database", "mixed"},
                            {"default_unit", "ds_0"},
                            {"units", {{"ds_0", unit(world.target)}, {"ds_1", unit(world.shard)}}},
                            {"tables",
                             {{"spread",
                               {{"units", {"ds_0", "ds_1"}},
                                {"column", "id"},
                                {"algorithm", "mod"},
                                {"properties", {{"sharding-count", "4"}}}}}}}}}};
    move.job["engine"] = "auto";
    const ProcessResult result = move.run();
    check_done(world, result);
    std::map<std::string, std::string> engines;
    const json report = report_of(result);
    for (const json& table : report.at("tables")) engines[table.at("name")] = table.at("engine");
    CHECK(engines == std::map<std::string, std::string>{
                         {"mixed.documents", "native"}, {"mixed.plain", "shardingsphere"}, {"mixed.spread", "shardingsphere"}});
    transload::shardingsphere::Proxy proxy(world.cluster.proxy(0).options());
    proxy.use("mixed");
    const auto count = [&](const std::string& table) { return proxy.run("SELECT COUNT(*) AS n FROM " + table).at(0).at("n"); };
    CHECK(count("spread") == "5");
    CHECK(count("plain") == "2");
    CHECK(count("documents") == "3");
    CHECK(value(world.target, "SELECT COUNT(*) FROM mixed.spread_0") == "1");
    CHECK(value(world.shard, "SELECT COUNT(*) FROM mixed.spread_1") == "2");
}

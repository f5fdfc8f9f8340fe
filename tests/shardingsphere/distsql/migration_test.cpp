#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/shardingsphere/distsql/proxy_world.hpp"
#include "tests/support/compare.hpp"

using namespace transload;
using namespace transload::shardingsphere;
using namespace transload::test;
using namespace std::chrono_literals;

namespace {

const char* const small_table =
    "CREATE TABLE goods (id INT PRIMARY KEY, name VARCHAR(40), price DECIMAL(9,2)) DEFAULT CHARSET=utf8mb4;"
    "INSERT INTO goods VALUES (1, 'pen', 1.50), (2, 'ink', NULL), (3, 'pad', 3.00);";

std::string sum(const ProxyWorld& world, const TestServer& server, const std::string& table) {
    return value(server, "SELECT CONCAT(COUNT(*), ' ', GROUP_CONCAT(id, IFNULL(name, '-') ORDER BY id)) FROM " + table,
                 world.database());
}

}  // namespace

TEST_CASE("a table moves while it changes, its check is true, and a commit leaves it to the proxy's readers") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    world.register_units();
    world.proxy().set_default_single_unit("tgt");
    world.on_source(small_table);
    // Made before, under a name that the source has not: as the schema's owner does it.
    world.on_target("CREATE TABLE staged_goods (id INT PRIMARY KEY, name VARCHAR(40), price DECIMAL(9,2)) "
                    "DEFAULT CHARSET=utf8mb4");
    const std::string id = world.migrate("goods", "staged_goods");
    CHECK_FALSE(world.proxy().check_status(id));
    world.follow(id);
    world.on_source("UPDATE goods SET name = 'quill' WHERE id = 1; DELETE FROM goods WHERE id = 2;"
                    "INSERT INTO goods VALUES (4, 'cap', 4.25)");
    CHECK(eventually([&] {
        return sum(world, world.target(), "staged_goods") == sum(world, world.source(), "goods");
    }, 20s));
    MigrationStatus status;
    // Told once an event was acknowledged, which is later than the rows are there.
    CHECK(eventually(
        [&] {
            status = world.proxy().migration_status(id).value();
            return status.incremental_idle_seconds.has_value();
        },
        30s, 250ms));
    CHECK(status.active);
    CHECK(status.inventory_percentage == 100);
    CHECK(status.processed_records >= 3);
    const CheckStatus check = world.checked(id);
    CHECK(check.result == true);
    CHECK(check.inventory_percentage == 100);
    world.proxy().drop_check(id);
    CHECK_FALSE(world.proxy().check_status(id));
    world.proxy().commit_migration(id);
    CHECK_FALSE(world.proxy().migration_status(id));
    world.on_target("RENAME TABLE staged_goods TO goods");
    world.proxy().load_single_tables("tgt", {"goods"});
    CHECK(world.proxy().run("SELECT * FROM goods WHERE id = 4").at(0).at("name") == "cap");
    CHECK(row_differences(world.source(), world.database(), world.target(), world.database()).empty());
}

TEST_CASE("the list is told while other sessions end the migrations that it names") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    world.register_units();
    std::vector<std::string> ids;
    for (const std::string table : {"t1", "t2", "t3", "t4", "t5", "t6"}) {
        world.on_source("CREATE TABLE " + table + " (id INT PRIMARY KEY); INSERT INTO " + table + " VALUES (1)");
        ids.push_back(world.migrate(table, table));
    }
    for (const std::string& id : ids) world.follow(id);
    std::atomic<bool> done{false};
    std::atomic<unsigned> told{0};
    std::vector<std::string> errors(4);
    {
        std::vector<std::jthread> readers;
        for (std::string& error : errors)
            readers.emplace_back([&] {
                try {
                    Proxy session(world.server().options());
                    while (!done) {
                        static_cast<void>(session.migrations());
                        ++told;
                    }
                } catch (const Error& thrown) {
                    error = thrown.message();
                }
            });
        CHECK(eventually([&] { return told > 10; }, 20s));
        for (const std::string& id : ids) world.proxy().commit_migration(id);
        done = true;
    }
    CHECK(errors == std::vector<std::string>(4));
    CHECK(world.proxy().migrations().empty());
}

TEST_CASE("a check of a row that differs is false, and can be dropped and repeated") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    world.register_units();
    world.on_source(small_table);
    const std::string id = world.migrate("goods", "staged_goods");
    world.follow(id);
    world.on_target("UPDATE staged_goods SET name = 'forged' WHERE id = 3");
    const CheckStatus check = world.checked(id);
    CHECK(check.result == false);
    CHECK(check.error_message.empty());
    world.proxy().drop_check(id);
    world.on_target("UPDATE staged_goods SET name = 'pad' WHERE id = 3");
    CHECK(world.checked(id).result == true);
}

TEST_CASE("a job stops, starts again and goes on following") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    world.register_units();
    world.on_source(small_table);
    const std::string id = world.migrate("goods", "staged_goods");
    world.follow(id);
    world.proxy().stop_migration(id);
    CHECK(eventually([&] { return !world.proxy().migration_status(id)->active; }, 10s));
    world.on_source("INSERT INTO goods VALUES (9, 'late', 1)");
    std::this_thread::sleep_for(2s);
    CHECK(value(world.target(), "SELECT COUNT(*) FROM staged_goods", world.database()) == "3");
    world.proxy().start_migration(id);
    CHECK(eventually(
        [&] { return value(world.target(), "SELECT COUNT(*) FROM staged_goods", world.database()) == "4"; }, 60s,
        250ms));
}

TEST_CASE("a rollback drops the target table, and after STOP and a pause the table can be migrated anew") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    world.register_units();
    world.on_source(small_table);
    const std::string id = world.migrate("goods", "staged_goods");
    world.follow(id);
    world.proxy().stop_migration(id);
    std::this_thread::sleep_for(2s);
    world.proxy().rollback_migration(id);
    CHECK(world.proxy().migrations().empty());
    CHECK(query(world.target(), "SHOW TABLES", world.database()).empty());
    std::this_thread::sleep_for(6s);  // as the engine does
    CHECK(world.migrate("goods", "staged_goods") == id);
    world.follow(id);
    CHECK(value(world.target(), "SELECT COUNT(*) FROM staged_goods", world.database()) == "3");
}

TEST_CASE("a failed job keeps its state and tells its error") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    world.register_units();
    world.on_source(small_table);
    world.on_target("CREATE TABLE goods (id INT PRIMARY KEY)");
    const std::string id = world.migrate("goods", "staged_goods");
    MigrationStatus status;
    CHECK(eventually(
        [&] {
            status = world.proxy().migration_status(id).value();
            return !status.error_message.empty();
        },
        60s, 250ms));
    CHECK(status.active);
    CHECK(status.error_message.find("TableExistsException") != std::string::npos);
    CHECK_FALSE(status.inventory_done());
    CHECK(code_of([&] { world.proxy().check_migration(id); }) == 18000);
}

TEST_CASE("a table moves onto shards of its rule") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    world.register_units();
    world.on_source(small_table);
    world.proxy().create_sharding_rule({.table = "goods", .units = {"tgt"}, .column = "id", .algorithm = "mod",
                                        .properties = {{"sharding-count", "2"}}});
    const std::string id = world.migrate("goods", "goods");
    world.follow(id);
    CHECK(value(world.target(), "SELECT COUNT(*) FROM goods_0", world.database()) == "1");
    CHECK(value(world.target(), "SELECT COUNT(*) FROM goods_1", world.database()) == "2");
    CHECK(world.checked(id).result == true);
    world.proxy().commit_migration(id);
    CHECK(world.proxy().run("SELECT COUNT(*) AS n FROM goods").at(0).at("n") == "3");
}

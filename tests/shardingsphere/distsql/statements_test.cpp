#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

#include "tests/shardingsphere/distsql/proxy_world.hpp"

using namespace transload;
using namespace transload::shardingsphere;
using namespace transload::test;
using namespace std::chrono_literals;

namespace {

bool holds(const std::vector<std::string>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

const std::string nowhere = "j0102p0000" + std::string(32, 'a');

}  // namespace

TEST_CASE("a proxy tells its mode, the ZooKeeper and namespace that it uses, and its nodes") {
    NEEDS_SHARDING_CLUSTER();
    TestProxy& server = shared_cluster().proxy();
    Proxy proxy(server.options());
    CHECK(proxy.alive());
    const ProxyMode mode = proxy.mode();
    CHECK(mode.type == "Cluster");
    CHECK(mode.repository == "ZooKeeper");
    CHECK(mode.namespace_name == server.options().namespace_name);
    CHECK(mode.server_lists == server.options().zookeeper);
    const ComputeNode self = proxy.self();
    CHECK(self.port == server.port());
    CHECK(self.status == "OK");
    CHECK(self.version == "5.5.2");
    CHECK_FALSE(self.instance_id.empty());
}

TEST_CASE("a logical database comes and goes, and the tables behind it stay") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    CHECK(holds(world.proxy().databases(), world.database()));
    CHECK(code_of([&] { world.proxy().create_database(world.database()); }) == 1007);
    world.on_target("CREATE TABLE kept (id INT PRIMARY KEY); INSERT INTO kept VALUES (1)");
    world.proxy().register_storage_unit(world.target_unit());
    world.proxy().load_single_tables("tgt", {"kept"});
    world.proxy().drop_database(world.database());
    CHECK_FALSE(holds(world.proxy().databases(), world.database()));
    CHECK(value(world.target(), "SELECT COUNT(*) FROM kept", world.database()) == "1");
    CHECK(code_of([&] { world.proxy().drop_database(world.database()); }) == 1008);
    CHECK(code_of([&] { world.proxy().use("no_such_database"); }) == 1049);
}

TEST_CASE("storage units of both sides are registered, listed and unregistered") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    world.register_units();
    const auto targets = world.proxy().storage_units(world.database());
    CHECK(targets.at(0).name == "tgt");
    CHECK(targets.at(0).port == world.target().port());
    CHECK(targets.at(0).database == world.database());
    const auto sources = world.proxy().source_units();
    REQUIRE(sources.size() == 1);
    CHECK(sources[0].name == "src");
    CHECK(sources[0].port == world.source().port());
    CHECK(code_of([&] { world.proxy().register_storage_unit(world.target_unit()); }) == 10104);
    CHECK(code_of([&] { world.proxy().register_source_unit(world.source_unit()); }) == 10104);
    world.proxy().unregister_source_unit("src");
    CHECK(world.proxy().source_units().empty());
    world.proxy().unregister_storage_unit("tgt");
    CHECK(world.proxy().storage_units(world.database()).empty());
    CHECK(code_of([&] { world.proxy().unregister_storage_unit("tgt"); }) == 10102);
}

TEST_CASE("a unit that the proxy can't log in to is refused without telling the password") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    UnitDefinition unit = world.target_unit();
    unit.endpoint.password = Secret("n0t-the-passw0rd");
    for (const bool source : {false, true}) {
        CAPTURE(source);
        try {
            source ? world.proxy().register_source_unit(unit) : world.proxy().register_storage_unit(unit);
            FAIL("registered");
        } catch (const ProxyError& error) {
            CHECK(error.kind() == ErrorKind::failed);
            CHECK_FALSE(error.no_answer());
            // It does not even say that it was the login.
            CHECK(error.code() == 10110);
            CHECK(error.message().find("n0t-the-passw0rd") == std::string::npos);
        }
    }
}

TEST_CASE("the migration rule is kept as it was sent") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    const MigrationRule rule{.read_threads = 3, .read_batch = 700, .sharding_size = 12'345, .write_threads = 5,
                             .write_batch = 300, .queue_size = 4'000};
    world.proxy().set_migration_rule(rule);
    CHECK(world.proxy().migration_rule() == rule);
    MigrationRule limited = rule;
    limited.rows_per_second = 2'100;
    world.proxy().set_migration_rule(limited);
    CHECK(world.proxy().migration_rule() == limited);
    world.proxy().set_migration_rule(rule);
    CHECK(world.proxy().migration_rule().rows_per_second == 0);
    world.proxy().set_migration_rule({});
}

TEST_CASE("a sharding rule is created, tells its nodes and is dropped") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    const ShardingRule rule{.table = "orders", .units = {"tgt", "tgt_1"}, .column = "id", .algorithm = "hash_mod",
                            .properties = {{"sharding-count", "4"}}};
    CHECK(code_of([&] { world.proxy().create_sharding_rule(rule); }) == 10102);
    world.proxy().register_storage_unit(world.target_unit());
    world.proxy().register_storage_unit(world.target_unit("tgt_1"));
    CHECK(world.proxy().sharding_rules().empty());
    world.proxy().create_sharding_rule(rule);
    CHECK(world.proxy().sharding_rules() == std::vector<std::string>{"orders"});
    auto nodes = world.proxy().sharding_nodes("orders");
    std::sort(nodes.begin(), nodes.end());
    CHECK(nodes == std::vector<std::string>{"tgt.orders_0", "tgt.orders_2", "tgt_1.orders_1", "tgt_1.orders_3"});
    CHECK(code_of([&] { world.proxy().create_sharding_rule(rule); }) == 10204);
    ShardingRule broken = rule;
    broken.table = "others";
    broken.algorithm = "no_such_algorithm";
    CHECK(code_of([&] { world.proxy().create_sharding_rule(broken); }) != 0);
    world.proxy().drop_sharding_rule("orders");
    CHECK(world.proxy().sharding_rules().empty());
    CHECK(code_of([&] { world.proxy().drop_sharding_rule("orders"); }) != 0);
}

TEST_CASE("single tables have a default unit, are loaded and can be read through the proxy") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    world.proxy().register_storage_unit(world.target_unit());
    world.proxy().set_default_single_unit("tgt");
    world.on_target("CREATE TABLE `Some thing` (Id INT PRIMARY KEY, v TEXT); INSERT INTO `Some thing` VALUES (7, NULL)");
    CHECK(code_of([&] { (void)world.proxy().run("SELECT * FROM `Some thing`"); }) == 10002);
    world.proxy().load_single_tables("tgt", {"Some thing"});
    const auto rows = world.proxy().run("SELECT * FROM `Some thing`");
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].at("id") == "7");
    CHECK(rows[0].at("v").empty());
    world.on_target("ALTER TABLE `Some thing` ADD COLUMN w INT");
    world.proxy().refresh_metadata();
    CHECK(world.proxy().run("SELECT * FROM `Some thing`").at(0).count("w") == 1);
    CHECK(code_of([&] { world.proxy().load_single_tables("tgt", {"nothing"}); }) != 0);
    CHECK(code_of([&] { world.proxy().set_default_single_unit("nothing"); }) == 10102);
}

TEST_CASE("what is not there has codes that say so") {
    NEEDS_SHARDING_CLUSTER();
    ProxyWorld world;
    Proxy& proxy = world.proxy();
    CHECK_FALSE(proxy.migration_status(nowhere));
    CHECK_FALSE(proxy.check_status(nowhere));
    CHECK(code_of([&] { proxy.start_migration(nowhere); }) == 18101);
    CHECK(code_of([&] { proxy.stop_migration(nowhere); }) == 18101);
    CHECK(code_of([&] { proxy.commit_migration(nowhere); }) == 18101);
    CHECK(code_of([&] { proxy.rollback_migration(nowhere); }) == 18101);
    CHECK(code_of([&] { proxy.check_migration(nowhere); }) == 18101);
    CHECK(code_of([&] { proxy.migrate_table("nothing", "t", world.database(), "t"); }) == 18000);
    CHECK(code_of([&] { (void)proxy.run("SELEC 1"); }) == 1064);
    CHECK_THROWS_AS(proxy.commit_migration("x"), Error);
    Proxy outside(world.server().options());
    CHECK(code_of([&] { outside.migrate_table("nothing", "t", world.database(), "t"); }) == 1046);
    CHECK(code_of([&] { (void)outside.storage_units("nothing"); }) == 1049);
    CHECK(outside.alive());
}

#include <catch2/catch.hpp>

#include <algorithm>

#include "adapters/shardingsphere/engine/shardingsphere_engine.hpp"
#include "tests/shardingsphere/engine/engine_world.hpp"

using namespace transload;
using namespace transload::shardingsphere;
using namespace transload::test;

namespace {

std::string rows_of(const EngineJob& world, const std::string& table) {
    const auto count = [&](const TestServer& server, const std::string& number) {
        return std::stoul(value(server, "SELECT COUNT(*) FROM " + table + "_" + number, world.database()));
    };
    return std::to_string(count(world.target(), "0") + count(world.shard(), "1"));
}

}  // namespace

TEST_CASE("a sharded table is begun anew behind its lost migration, is committed beside names that no proxy takes, and a "
          "rollback after that leaves nothing of it") {
    NEEDS_SHARDING_CLUSTER();
    EngineJob world({shared_cluster().proxy().options()});
    ShardedTarget& target = world.spec.sharding.emplace();
    target.database = world.database();
    target.units = {{"ds_0", world.spec.target, world.database()}, {"ds_1", endpoint_of(world.shard()), world.database()}};
    target.default_unit = "ds_0";
    target.rules = {{"orders", {"ds_0", "ds_1"}, "id", "hash_mod", {{"sharding-count", "2"}}}};
    world.add_table("orders", true);
    sql(world.source(), "CREATE TABLE orders (id INT PRIMARY KEY); INSERT INTO orders VALUES (1), (2), (3), (4), (5)", world.database());
    sql(world.target(), "CREATE TABLE `it's` (id INT PRIMARY KEY); CREATE TABLE `a$b` (id INT PRIMARY KEY);"
                        "CREATE TABLE plain (id INT PRIMARY KEY); CREATE TABLE `a b` (id INT PRIMARY KEY)", world.database());
    const DataJob job = world.job();
    Fleet fleet(world.spec);
    {
        Migrations migrations(job, fleet, world.control);
        migrations.prepare();
        tend_until_following(migrations);
        // Its proxy did not answer when it was to be ended, and answers again.
        TableRecord& record = migrations.records().at(0);
        migrations.registry().add_orphan({record.proxy, record.migration_id, record.source.display(), true});
        record.migration_id.clear();
        record.phase = Phase::staged;
        migrations.registry().save(record);
    }
    Registry registry(job);
    {
        Migrations migrations(job, fleet, world.control);
        tend_until_following(migrations);
        CHECK(registry.orphans().empty());
    }
    CHECK(rows_of(world, "orders") == "5");

    ShardingSphereEngine engine;
    engine.commit(job, world.control);
    INFO(world.control.told());
    CHECK(registry.tables().at(0).phase == Phase::named);
    std::vector<std::string> warned = world.control.warned();
    for (const char* name : {"it's", "a$b"}) CHECK(std::count(warned.begin(), warned.end(), name) == 1);
    for (const char* name : {"plain", "a b"}) CHECK(std::count(warned.begin(), warned.end(), name) == 0);
    Proxy proxy(world.spec.shardingsphere.proxies.front());
    proxy.use(world.database());
    const auto loaded = proxy.run("SHOW SINGLE TABLES");
    for (const char* name : {"plain", "a b"})
        CHECK(std::any_of(loaded.begin(), loaded.end(), [&](const auto& row) { return row.at("table_name") == name; }));

    engine.abandon(job, world.control);
    CHECK(sql(world.target(), "SHOW TABLES", world.database()) == "a b\na$b\nit's\nplain\n");
    CHECK(sql(world.shard(), "SHOW TABLES", world.database()).empty());
    CHECK_NOTHROW(engine.abandon(job, world.control));  // as after a kill at its end
    const std::vector<std::string> left = Proxy(world.spec.shardingsphere.proxies.front()).databases();
    CHECK(std::count(left.begin(), left.end(), world.database()) == 0);
}

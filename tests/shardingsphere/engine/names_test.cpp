#include <catch2/catch.hpp>

#include "adapters/shardingsphere/engine/shardingsphere_engine.hpp"
#include "tests/shardingsphere/engine/engine_world.hpp"

using namespace transload;
using namespace transload::shardingsphere;
using namespace transload::test;

TEST_CASE("tables that were renamed before the engine could say so are found under their own names and committed") {
    EngineJob world({});
    world.add_table("t");
    world.add_table("later");
    const DataJob job = world.job();
    Registry registry(job);
    registry.open();
    const std::string table = " (id INT PRIMARY KEY AUTO_INCREMENT); INSERT INTO ";
    sql(world.source(), "CREATE TABLE t" + table + "t VALUES (7); CREATE TABLE later" + table + "later VALUES (8)", world.database());
    std::vector<TableRecord> records = registry.tables();
    for (TableRecord& record : records) {
        record.phase = Phase::committed;
        registry.save(record);
    }
    sql(world.target(), "CREATE TABLE t" + table + "t VALUES (7); CREATE TABLE " + records.at(1).staging + table + records.at(1).staging + " VALUES (8)",
        world.database());

    ShardingSphereEngine engine;
    const std::vector<TableName> places = engine.locations(job);
    CHECK(places.at(0).table == "t");
    CHECK(places.at(1).table == records.at(1).staging);

    engine.commit(job, world.control);
    CHECK(sql(world.target(), "SHOW TABLES", world.database()) == "later\nt\n");
    CHECK(engine.locations(job).at(1).table == "later");
    for (const TableRecord& record : registry.tables()) CHECK(record.phase == Phase::named);
}

TEST_CASE("a crash between the RENAME and the engine's records leaves a commit that goes on") {
    EngineJob world({});
    world.add_table("t");
    const DataJob job = world.job();
    Registry registry(job);
    registry.open();
    const std::string table = "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT); INSERT INTO t VALUES (7)";
    for (const TestServer* server : {&world.source(), &world.target()}) sql(*server, table, world.database());
    TableRecord record = registry.tables().at(0);
    record.phase = Phase::committed;
    registry.save(record);
    ShardingSphereEngine().commit(job, world.control);
    CHECK(registry.tables().at(0).phase == Phase::named);
    CHECK(value(world.target(), "SELECT id FROM t", world.database()) == "7");
}

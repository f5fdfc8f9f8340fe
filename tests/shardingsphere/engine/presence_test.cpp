#include <zookeeper/zookeeper.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>

#include "adapters/shardingsphere/engine/consistency_check.hpp"
#include "adapters/shardingsphere/engine/drain.hpp"
#include "adapters/shardingsphere/engine/proxy_setup.hpp"
#include "adapters/shardingsphere/engine/shardingsphere_engine.hpp"
#include "tests/shardingsphere/engine/engine_world.hpp"

using namespace transload;
using namespace transload::shardingsphere;
using namespace transload::test;
using namespace std::chrono_literals;

namespace {

/// Makes a migration that ZooKeeper has and no proxy knows of: what one that lost ZooKeeper would deny. Its position is in a
/// file that no server has.
void make_unknown_migration(const ProxyOptions& options, const std::string& id) {
    zoo_set_debug_level(ZOO_LOG_LEVEL_ERROR);
    const std::unique_ptr<zhandle_t, decltype(&zookeeper_close)> session(
        zookeeper_init(options.zookeeper.c_str(), nullptr, 10'000, nullptr, nullptr, 0), &zookeeper_close);
    REQUIRE(eventually([&] { return zoo_state(session.get()) == ZOO_CONNECTED_STATE; }, 20s));
    const std::string root = "/" + options.namespace_name, job = root + "/pipeline/jobs/" + id;
    const std::string progress = "incremental:\n  position: purged.000001#4\n";
    for (const std::string& path : {root, root + "/pipeline", root + "/pipeline/jobs", job, job + "/config", job + "/offset"})
        REQUIRE(zoo_create(session.get(), path.c_str(), "", 0, &ZOO_OPEN_ACL_UNSAFE, 0, nullptr, 0) == ZOK);
    REQUIRE(zoo_create(session.get(), (job + "/offset/0").c_str(), progress.data(), static_cast<int>(progress.size()),
                       &ZOO_OPEN_ACL_UNSAFE, 0, nullptr, 0) == ZOK);
}

std::string id_of_error(const std::function<void()>& act) {
    try {
        act();
    } catch (const ProxyError& error) {
        CHECK(error.no_answer());
        return error.id();
    }
    return {};
}

}  // namespace

TEST_CASE("a migration that a proxy denies is gone only when ZooKeeper has not got it either") {
    NEEDS_SHARDING_CLUSTER();
    ProxyOptions blind = shared_cluster().proxy().options();
    blind.namespace_name += "_blind";
    const std::string id = "j0102p0000" + std::string(32, 'a');
    make_unknown_migration(blind, id);
    EngineJob world({blind});
    world.add_table("t");
    const DataJob job = world.job();
    Registry registry(job);
    registry.open();
    TableRecord record = registry.tables().at(0);
    record.proxy = blind.namespace_name;
    record.logical_database = world.database();
    record.migration_id = id;
    record.phase = Phase::following;
    registry.save(record);
    registry.add_object({blind.namespace_name, "database", world.database(), world.database()});
    Proxy(blind).create_database(world.database());
    {
        Station station(blind, 15s);
        station.proxy.use(world.database());
        CHECK_FALSE(station.proxy.migration_status(id));
        CHECK(id_of_error([&] { Fleet::require_gone(station, id, world.control); }) == "shardingsphere.proxy_cut_off");
        CHECK(id_of_error([&] { (void)Fleet::migrations(station, world.control); }) == "shardingsphere.proxy_cut_off");
        const std::string other = "j0102p0000" + std::string(32, 'b');
        CHECK(id_of_error([&] { Fleet::require_gone(station, other, world.control); }).empty());
    }
    Fleet fleet(world.spec);
    Migrations migrations(job, fleet, world.control);
    migrations.tend();
    CHECK(fleet.stations().front().lost);
    CHECK(registry.tables().at(0).phase == Phase::following);
    CHECK(registry.tables().at(0).migration_id == id);

    // Nobody moves it on, either.
    sql(world.source(), "CREATE TABLE t (id INT PRIMARY KEY)", world.database());
    sql(world.target(), "CREATE TABLE " + record.staging + " (id INT PRIMARY KEY)", world.database());
    Fleet other_fleet(world.spec);
    Migrations following(job, other_fleet, world.control);
    Progress progress(job, following);
    const auto look = [&](StandstillLimits limits) {
        progress.look_for_standstill(progress.source(), limits);
        return registry.tables().at(0).attempt;
    };
    CHECK(look({0s, 0s}) == 0);
    sql(world.source(), "INSERT INTO t VALUES (1)", world.database());
    CHECK(look({1h, 1h}) == 0);
    CHECK(look({1h, 0s}) == 1);
    CHECK(world.control.told().find("the source has purged that file") != std::string::npos);
    CHECK(registry.orphans().size() == 1);
    Proxy(blind).drop_database(world.database());
}

TEST_CASE("a check that hangs is given up, and a commit that an earlier run only announced is taken back before both sides are "
          "compared, while one that it made is not") {
    NEEDS_SHARDING_CLUSTER();
    const ProxyOptions options = shared_cluster().proxy().options();
    EngineJob world({options});
    world.add_table("t");
    for (const TestServer* server : {&world.source(), &world.target()})
        sql(*server, "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT)", world.database());
    sql(world.source(), "INSERT INTO t VALUES (1), (2), (3)", world.database());
    const DataJob job = world.job();
    Fleet fleet(world.spec);
    Migrations migrations(job, fleet, world.control);
    migrations.prepare();
    tend_until_following(migrations);
    Registry registry(job);
    TableRecord record = registry.tables().at(0);
    record.phase = Phase::committing;
    registry.save(record);
    sql(world.source(), "INSERT INTO t VALUES (4)", world.database());
    ShardingSphereEngine engine;
    CHECK_FALSE(engine.drain(job, 30s, world.control).empty());
    CHECK(registry.tables().at(0).phase == Phase::following);
    CHECK(value(world.target(), "SELECT MAX(id) FROM " + record.staging, world.database()) == "4");

    CHECK(engine.follow(job, world.control).caught_up);
    CHECK(world.control.shown().phase == "following");
    CHECK(world.control.shown().position.find(':') != std::string::npos);

    {
        Migrations checked(job, fleet, world.control);
        mysql::Connection holder(world.spec.target);
        holder.execute("LOCK TABLES " + world.database() + "." + record.staging + " WRITE");
        std::string failure;
        try {
            (void)check_consistency(job, checked, world.control, 2s);
        } catch (const Error& error) {
            failure = error.id() + ": " + error.message();
        }
        CHECK(failure.starts_with("shardingsphere.check_failed"));
        CHECK(failure.find("stood still") != std::string::npos);
        holder.execute("UNLOCK TABLES");
        CHECK(check_consistency(job, checked, world.control, check_patience(job.spec)).empty());
    }

    registry.save(record);
    Proxy proxy(options);
    proxy.use(record.logical_database);
    proxy.commit_migration(record.migration_id);
    CHECK(engine.drain(job, 30s, world.control).empty());
    CHECK(registry.tables().at(0).phase == Phase::committed);

    engine.abandon(job, world.control);
    CHECK(sql(world.target(), "SHOW TABLES", world.database()) == "t\n");
}

TEST_CASE("a logical database that somebody else made under the name that the job had chosen stays theirs") {
    NEEDS_SHARDING_CLUSTER();
    const ProxyOptions options = shared_cluster().proxy().options();
    EngineJob world({options});
    world.add_table("t");
    const DataJob job = world.job();
    Registry registry(job);
    registry.open();
    Fleet fleet(world.spec);
    Station& station = fleet.stations().front();
    station.proxy.create_database(world.database());
    station.proxy.use(world.database());
    station.proxy.register_storage_unit({"theirs", world.spec.target, world.database()});
    // Killed between the record and CREATE DATABASE.
    registry.add_object({station.name, "database", world.database(), world.database()});

    prepare_proxy(job, registry, station, world.control);
    const std::string own = logical_database(registry.objects(), station.name, world.database());
    CHECK(own != world.database());
    CHECK(own.starts_with(world.database()));
    prepare_proxy(job, registry, station, world.control);
    CHECK(logical_database(registry.objects(), station.name, world.database()) == own);
    clean_proxy(registry, station, true, world.control);
    const std::vector<std::string> left = station.proxy.databases();
    CHECK(std::count(left.begin(), left.end(), own) == 0);
    CHECK(std::count(left.begin(), left.end(), world.database()) == 1);
    station.proxy.drop_database(world.database());
}

#include <catch2/catch.hpp>

#include "tests/shardingsphere/move/live_writer.hpp"
#include "tests/shardingsphere/move/move.hpp"

using namespace transload::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr unsigned rows = 4000;

/// The job ended well, or it says that it failed, the source takes writes, and the same command then ends it.
ProcessResult end_or_retry(World& world, const Move& move, ProcessResult result, const LiveWriter& writer) {
    if (result.exit_code != 0) {
        INFO(result.err);
        INFO(result.out);
        CHECK(result.exit_code == 1);
        CHECK_FALSE(report_of(result).at("failure").is_null());
        CHECK(takes_writes(world.source));
        CHECK(writer.wait_for_more(20));
        result = move.run();
    }
    check_done(world, result);
    return result;
}

}  // namespace

TEST_CASE("a proxy that is killed in the inventory and again while it follows comes back, and every row arrives once") {
    NEEDS_SHARDING_CLUSTER();
    World& world = fresh_world();
    create_live_tables(world.source, "live", rows);
    const Move move(world, "live", 2, "manual");
    LiveWriter writer(world.source, "live");
    Process process = move.start();
    REQUIRE(process.wait_for("migration j0102", 90s));
    world.cluster.proxy(0).kill();
    std::this_thread::sleep_for(1s);
    world.cluster.proxy(0).start();
    const bool follows = process.wait_for("caught up with the source", 150s);
    INFO(process.err());
    REQUIRE(follows);
    world.cluster.proxy(1).kill();
    REQUIRE(writer.wait_for_more(50));
    world.cluster.proxy(1).start();
    CHECK(move.command("cutover").exit_code == 0);
    const ProcessResult result = process.wait(200s);
    writer.stop();
    CHECK(writer.unexpected() == "");
    check_done(world, result);
    check_moved(world, "live");
}

TEST_CASE("the tables of a proxy that never comes back are carried by the other one") {
    NEEDS_SHARDING_CLUSTER();
    World& world = fresh_world();
    create_live_tables(world.source, "live", rows);
    Move move(world, "live");
    move.job["shardingsphere"]["stall"] = "5s";
    LiveWriter writer(world.source, "live");
    Process process = move.start();
    REQUIRE(process.wait_for("migration j0102", 90s));
    world.cluster.proxy(1).kill();
    const ProcessResult result = process.wait(250s);
    writer.stop();
    const std::string lost = world.cluster.proxy(1).options().namespace_name + " does not answer";
    CHECK(result.err.find(lost) != std::string::npos);
    check_done(world, result);
    check_moved(world, "live");
}

// Run by name only: a proxy that is stopped in the middle of a transaction on the target keeps the lock of a staging
// table, and its RENAME waits until the proxy goes on or ends.
TEST_CASE("a proxy that hangs holds nobody up: its tables go to the other one within a minute", "[.hang]") {
    NEEDS_SHARDING_CLUSTER();
    World& world = fresh_world();
    create_live_tables(world.source, "live", rows);
    Move move(world, "live", 2, "manual");
    move.job["shardingsphere"]["stall"] = "5s";
    LiveWriter writer(world.source, "live");
    Process process = move.start();
    const bool follows = process.wait_for("caught up with the source", 150s);
    INFO(process.err());
    REQUIRE(follows);
    TestProxy& hung = world.cluster.proxy(1);
    hung.pause();
    const auto begun_anew = [&] {
        std::size_t times = 0;
        const std::string told = process.err();
        for (std::size_t at = told.find("its proxy is lost"); at != std::string::npos; at = told.find("its proxy is lost", at + 1)) ++times;
        return times;
    };
    std::size_t carried_there = 0;
    const std::string told = process.err();
    const std::string there = "proxy of namespace " + hung.options().namespace_name + "\n";
    for (std::size_t at = told.find(there); at != std::string::npos; at = told.find(there, at + 1)) ++carried_there;
    REQUIRE(carried_there >= 3);
    CHECK(eventually([&] { return begun_anew() >= carried_there; }, 60s, 200ms));
    CHECK(move.command("cutover").exit_code == 0);
    const ProcessResult result = process.wait(200s);
    hung.resume();
    writer.stop();
    check_done(world, result);
    CHECK(report_of(result).at("timings").at("write_stop_seconds") < 60);
    CHECK(row_differences(world.source, "live", world.target, "live") == std::vector<std::string>{});
    CHECK(schema_differences(world.source, "live", world.target, "live") == std::vector<std::string>{});
}

TEST_CASE("a proxy that is killed while both sides are checked leaves the source to its writers or the job done") {
    NEEDS_SHARDING_CLUSTER();
    World& world = fresh_world();
    create_live_tables(world.source, "live", rows);
    const Move move(world, "live", 2);
    LiveWriter writer(world.source, "live");
    Process process = move.start();
    const bool drained = process.wait_for("drained: ", 150s);
    INFO(process.err());
    REQUIRE(drained);
    world.cluster.proxy(0).kill();
    std::this_thread::sleep_for(3s);
    world.cluster.proxy(0).start();
    end_or_retry(world, move, process.wait(200s), writer);
    writer.stop();
    check_moved(world, "live");
}

TEST_CASE("a proxy that is killed while its migrations are committed leaves the source to its writers or the job done") {
    NEEDS_SHARDING_CLUSTER();
    World& world = fresh_world();
    create_live_tables(world.source, "live", rows);
    const Move move(world, "live", 2);
    LiveWriter writer(world.source, "live");
    Process process = move.start();
    const bool committing = process.wait_for(" FINALIZING ", 150s);
    INFO(process.err());
    REQUIRE(committing);
    world.cluster.proxy(0).kill();
    std::this_thread::sleep_for(3s);
    world.cluster.proxy(0).start();
    end_or_retry(world, move, process.wait(200s), writer);
    writer.stop();
    check_moved(world, "live");
}

TEST_CASE("a ZooKeeper that is killed in the inventory and again while the proxies follow comes back without a lost row") {
    NEEDS_SHARDING_CLUSTER();
    World& world = fresh_world();
    create_live_tables(world.source, "live", rows);
    const Move move(world, "live", 2, "manual");
    LiveWriter writer(world.source, "live");
    Process process = move.start();
    REQUIRE(process.wait_for("migration j0102", 90s));
    world.cluster.zookeeper().kill();
    std::this_thread::sleep_for(2s);
    world.cluster.zookeeper().start();
    const bool follows = process.wait_for("caught up with the source", 150s);
    INFO(process.err());
    if (follows) {
        world.cluster.zookeeper().kill();
        std::this_thread::sleep_for(2s);
        world.cluster.zookeeper().start();
        REQUIRE(writer.wait_for_more(50));
        CHECK(move.command("cutover").exit_code == 0);
    }
    ProcessResult result = process.wait(200s);
    if (result.exit_code != 0) {
        // A session that ZooKeeper ended leaves a proxy that must be restarted; the job says so, and goes on after that.
        CHECK(takes_writes(world.source));
        for (std::size_t i = 0; i < world.cluster.size(); ++i) world.cluster.proxy(i).start();
        Process again = move.start();
        if (again.wait_for("caught up with the source", 150s)) CHECK(move.command("cutover").exit_code == 0);
        result = again.wait(200s);
    }
    writer.stop();
    check_done(world, result);
    check_moved(world, "live");
}

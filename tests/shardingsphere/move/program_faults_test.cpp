#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <random>

#include "adapters/shardingsphere/distsql/proxy.hpp"
#include "tests/shardingsphere/move/live_writer.hpp"
#include "tests/shardingsphere/move/move.hpp"
#include "tests/shardingsphere/move/spread.hpp"

using namespace transload::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr unsigned rows = 4000;

unsigned from_environment(const char* name, unsigned otherwise) {
    const char* given = std::getenv(name);
    return given ? static_cast<unsigned>(std::atoi(given)) : otherwise;
}

}  // namespace

TEST_CASE("killed at random moments under live writes and started again, the job ends with every row there once") {
    NEEDS_SHARDING_CLUSTER();
    const unsigned rounds = from_environment("TRANSLOAD_KILL_ROUNDS", 1);
    const unsigned seed = from_environment("TRANSLOAD_KILL_SEED", std::random_device{}() % 100000);
    std::mt19937 random(seed);
    for (unsigned round = 0; round < rounds; ++round) {
        CAPTURE(seed, round);
        World& world = fresh_world();
        create_live_tables(world.source, "live", rows);
        const bool sharded = round % 2 == 1;
        Move move(world, "live", sharded ? 1 : 2);
        if (sharded) spread(move, world);
        LiveWriter writer(world.source, "live", {.seed = seed + round, .move_keys = !sharded});
        REQUIRE(writer.wait_for_more(50));
        unsigned kills = 0;
        std::string told;
        while (true) {
            Process process = move.start();
            const auto moment = std::chrono::milliseconds(std::uniform_int_distribution<int>(300, 25000)(random));
            const auto deadline = std::chrono::steady_clock::now() + moment;
            while (process.running() && kills < 4 && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(10ms);
            if (kills < 4 && process.running()) {
                process.signal(SIGKILL);
                told += process.wait(10s).err + "--- killed\n";
                ++kills;
                continue;
            }
            const ProcessResult result = process.wait(250s);
            CAPTURE(kills);
            INFO(told);
            check_done(world, result);
            break;
        }
        writer.stop();
        CHECK(writer.unexpected() == "");
        INFO(told);
        if (sharded)
            check_spread(world, "live");
        else
            check_moved(world, "live");
    }
}

TEST_CASE("interrupted while it follows, the source takes writes, and the same command ends the job") {
    NEEDS_SHARDING_CLUSTER();
    World& world = fresh_world();
    create_live_tables(world.source, "live", rows);
    Move move(world, "live", 2, "manual");
    LiveWriter writer(world.source, "live");
    Process process = move.start();
    REQUIRE(process.wait_for("rows are on the target; following", 150s));
    process.signal(SIGINT);
    const ProcessResult stopped = process.wait(60s);
    INFO(stopped.err);
    CHECK(stopped.exit_code == 130);
    CHECK(takes_writes(world.source));
    CHECK(writer.wait_for_more(100));
    Process again = move.start();
    const bool follows = again.wait_for("caught up with the source", 150s);
    INFO(again.err());
    REQUIRE(follows);
    CHECK(move.command("cutover").exit_code == 0);
    const ProcessResult result = again.wait(200s);
    writer.stop();
    check_done(world, result);
    check_moved(world, "live");
}

TEST_CASE("a source that restarts in the inventory and a target that restarts while it is followed cost no row") {
    NEEDS_SHARDING_CLUSTER();
    World& world = fresh_world();
    create_live_tables(world.source, "live", rows);
    const Move move(world, "live", 2, "manual");
    LiveWriter writer(world.source, "live");
    bool source_restarted = false;
    bool target_restarted = false;
    bool asked = false;
    ProcessResult result;
    std::string told;
    for (int attempt = 0; attempt < 4; ++attempt) {
        Process process = move.start();
        if (!source_restarted && process.wait_for("migration j0102", 120s)) {
            world.source.kill();
            std::this_thread::sleep_for(1s);
            world.source.restart();
            source_restarted = true;
        }
        if (!asked && process.wait_for("caught up with the source", 150s)) {
            if (!target_restarted) {
                world.target.kill();
                REQUIRE(writer.wait_for_more(30));
                world.target.restart();
                target_restarted = true;
            }
            asked = move.command("cutover").exit_code == 0;
        }
        result = process.wait(200s);
        told += result.err + "--- ended with " + std::to_string(result.exit_code) + "\n";
        if (result.exit_code == 0) break;
        CHECK(result.exit_code == 1);
        CHECK_FALSE(report_of(result).at("failure").is_null());
        CHECK(takes_writes(world.source));
        CHECK(writer.wait_for_more(20));
    }
    writer.stop();
    INFO(told);
    CHECK(source_restarted);
    CHECK(target_restarted);
    check_done(world, result);
    check_moved(world, "live");
}

TEST_CASE("a rollback of a cancelled and of a failed job takes away what the job made and nothing of anybody else's") {
    NEEDS_SHARDING_CLUSTER();
    for (const bool failed : {false, true}) {
        CAPTURE(failed);
        World& world = fresh_world();
        create_live_tables(world.source, "live", rows);
        sql(world.target, "CREATE DATABASE others; CREATE TABLE others.t (id INT PRIMARY KEY); INSERT INTO others.t VALUES (1), (2);"
                          "CREATE DATABASE live CHARACTER SET utf8mb4; CREATE TABLE live.theirs (id INT PRIMARY KEY);"
                          "INSERT INTO live.theirs VALUES (7)");
        transload::shardingsphere::Proxy(world.cluster.proxy(0).options()).create_database("somebody");
        Move move(world, "live", 2, "manual");
        if (failed) move.job["cutover"] = {{"mode", "auto"}, {"hook", {"/bin/sh", "-c", "[ $0 = release ]"}}};
        LiveWriter writer(world.source, "live", {.sessions = 2});
        Process process = move.start();
        if (failed) {
            const ProcessResult ended = process.wait(200s);
            INFO(ended.err);
            CHECK(ended.exit_code == 1);
            CHECK(report_of(ended).at("state") == "CUTOVER_FAILED");
        } else {
            const bool follows = process.wait_for("caught up with the source", 150s);
            INFO(process.err());
            REQUIRE(follows);
            process.signal(SIGINT);
            CHECK(process.wait(60s).exit_code == 130);
            const ProcessResult cancelled = move.command("cancel");
            INFO(cancelled.err);
            CHECK(cancelled.exit_code == 0);
        }
        const ProcessResult result = move.command("rollback");
        INFO(result.out);
        INFO(result.err);
        CHECK(result.exit_code == 0);
        CHECK(takes_writes(world.source));
        CHECK(writer.wait_for_more(20));
        writer.stop();
        CHECK(sql(world.target, "SHOW TABLES FROM live") == "theirs\n");
        CHECK(sql(world.target, "SELECT * FROM live.theirs") == "7\n");
        CHECK(sql(world.target, "SELECT * FROM others.t") == "1\n2\n");
        CHECK(leftovers(world) == std::vector<std::string>{});
        for (std::size_t i = 0; i < world.cluster.size(); ++i) {
            transload::shardingsphere::Proxy proxy(world.cluster.proxy(i).options());
            const std::vector<std::string> databases = proxy.databases();
            CHECK(std::count(databases.begin(), databases.end(), "somebody") == (i == 0 ? 1 : 0));
            CHECK(std::count(databases.begin(), databases.end(), "live") == 0);
        }
    }
}

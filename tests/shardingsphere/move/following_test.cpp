#include <catch2/catch.hpp>
#include <stop_token>

#include "tests/shardingsphere/move/live_writer.hpp"
#include "tests/shardingsphere/move/move.hpp"
#include "tests/shardingsphere/move/spread.hpp"

using namespace transload::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr unsigned rows = 5000;

}  // namespace

TEST_CASE("tables that are written from before the start to the write stop arrive whole through two proxies") {
    NEEDS_SHARDING_CLUSTER();
    World& world = fresh_world();
    create_live_tables(world.source, "live", rows);
    const Move move(world, "live");
    LiveWriter writer(world.source, "live");
    REQUIRE(writer.wait_for_more(100));
    const std::uint64_t before = writer.committed();
    const ProcessResult result = move.run();
    CHECK(writer.committed() > before + 100);
    CHECK(eventually([&] { return writer.refused() > 0; }, 5s));
    writer.stop();
    CHECK(writer.unexpected() == "");
    check_done(world, result);
    check_moved(world, "live");
    const json report = report_of(result);
    CHECK(report.at("tables").size() == 7);
    for (const json& table : report.at("tables")) CHECK(table.at("engine") == "shardingsphere");
}

TEST_CASE("tables that are spread over two servers while they are written arrive whole, each row where its rule says") {
    NEEDS_SHARDING_CLUSTER();
    World& world = fresh_world();
    create_live_tables(world.source, "live", rows);
    Move move(world, "live", 1);
    spread(move, world);
    LiveWriter writer(world.source, "live", {.move_keys = false});
    REQUIRE(writer.wait_for_more(100));
    const std::uint64_t before = writer.committed();
    const ProcessResult result = move.run();
    CHECK(writer.committed() > before + 100);
    writer.stop();
    CHECK(writer.unexpected() == "");
    check_done(world, result);
    check_spread(world, "live");
}

TEST_CASE("a hook that fails leaves the source to its writers, and one that stops them ends the job") {
    NEEDS_SHARDING_CLUSTER();
    World& world = fresh_world();
    create_live_tables(world.source, "live", rows);
    Move move(world, "live");
    const TempDir& folder = move.folder();
    folder.write("hook.sh",
                 "#!/bin/sh\ncd \"$(dirname \"$0\")\" || exit 9\necho \"$1 $2\" >> calls\n"
                 "[ \"$2\" = stop ] || exit 0\n[ -e broken ] && { echo 'the load balancer is away' >&2; exit 3; }\n"
                 "touch wanted\nn=0\nwhile [ ! -e quiet ]; do sleep 0.1; n=$((n + 1)); [ $n -lt 200 ] || exit 4; done\n");
    folder.write("broken", "");
    move.job["cutover"] = {{"mode", "auto"}, {"write_stop", "hook"}, {"hook", {"/bin/sh", (folder / "hook.sh").string(), "shop"}}};
    LiveWriter writer(world.source, "live", {.sessions = 2});
    REQUIRE(writer.wait_for_more(50));

    const ProcessResult failed = move.run();
    INFO(failed.err);
    CHECK(failed.exit_code == 1);
    const json report = report_of(failed);
    CHECK(report.at("state") == "CUTOVER_FAILED");
    CHECK(report.at("cutover").at("state") == "none");
    CHECK(takes_writes(world.source));
    CHECK(writer.wait_for_more(50));
    CHECK(read_file(folder / "calls") == "shop stop\nshop release\n");

    std::filesystem::remove(folder / "broken");
    std::jthread doorman([&](const std::stop_token& stop) {
        while (!stop.stop_requested() && !std::filesystem::exists(folder / "wanted")) std::this_thread::sleep_for(20ms);
        writer.stop();
        folder.write("quiet", "");
    });
    const ProcessResult result = move.run();
    doorman.request_stop();
    doorman.join();
    check_done(world, result);
    CHECK(report_of(result).at("cutover").at("method") == "hook");
    CHECK(read_file(folder / "calls") == "shop stop\nshop release\nshop stop\n");
    CHECK(writer.refused() == 0);
    check_moved(world, "live");
}

TEST_CASE("without a cutover a source at rest is moved, and one that is written is moved as of one view") {
    NEEDS_SHARDING_CLUSTER();
    World& world = fresh_world();
    create_live_tables(world.source, "live", rows);
    const Move quiet(world, "live", 2, "none");
    const ProcessResult result = quiet.run();
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    CHECK(report_of(result).at("cutover").at("state") == "none");
    CHECK(takes_writes(world.source));
    check_moved(world, "live");

    World& again = fresh_world();
    create_live_tables(again.source, "live", rows);
    const Move written(again, "live", 2, "none");
    LiveWriter writer(again.source, "live", {.sessions = 2});
    REQUIRE(writer.wait_for_more(50));
    const ProcessResult second = written.run();
    CHECK(writer.wait_for_more(20));
    writer.stop();
    INFO(second.err);
    INFO(second.out);
    REQUIRE(second.exit_code == 0);
    const json report = report_of(second);
    CHECK(report.at("state") == "DONE");
    CHECK(report.at("validation").at("mismatches") == 0);
    CHECK(takes_writes(again.source));
    CHECK(leftovers(again) == std::vector<std::string>{});
}

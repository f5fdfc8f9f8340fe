#include <catch2/catch.hpp>

#include "tests/follow/follow_job.hpp"
#include "tests/follow/replication.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/cutting_proxy/cutting_proxy.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/workload/workload.hpp"

using namespace transload::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* live = "live";
constexpr auto a_while = 150s;  // Liquibase alone takes a minute on a busy machine

/// A source with a replica, behind one address that moves from the one to the other.
struct Failover {
    const ServerOptions options{.password = "same-on-both", .gtid = true, .memory = "64M"};
    TestServer first = TestServer::start(Flavour::mysql80, options);
    TestServer second = TestServer::start(Flavour::mysql80, options);
    TestServer target = TestServer::start(Flavour::mysql80, {.memory = "64M"});
    CuttingProxy address{first.port()};
    // `first` lends its password; who answers is the address's to say.
    FollowJob job{first, target, live, {"--engine", "native", "--cutover", "manual", "--show-values"}, {.source_port = address.port()}};
    std::optional<Process> process;

    Failover() {
        begin_replication(first, second);
        create_workload_tables(first, live, {.rows = 300});
        Workload workload(address.port(), live, {.seed = 3, .writers = 3, .transactions_per_second = 150});
        REQUIRE(workload.wait_for_more(20));
        process.emplace(job.start());
        const bool ready = process->wait_for("ready; following", a_while);
        INFO(process->err());
        REQUIRE(ready);
        REQUIRE(workload.wait_for_more(100));
        workload.stop();
        CHECK(workload.unexpected() == "");
        REQUIRE(wait_for_replica(first, second, 30s) == "");
    }
    void fail_over() {
        first.kill();
        sql(second, "STOP SLAVE; RESET SLAVE ALL");
        address.forward_to(second.port());
        address.cut();
    }
};

}  // namespace

TEST_CASE("when its source dies and a replica takes the address over, the job goes on there by GTIDs and hands over with equal rows") {
    Failover world;
    // The place in the log means something else on the replica: what was read there by file and offset would be other rows.
    sql(world.second, "FLUSH BINARY LOGS; FLUSH BINARY LOGS");
    world.fail_over();
    Workload workload(world.address.port(), live, {.seed = 4, .writers = 3, .first_writer = 11, .transactions_per_second = 150});
    REQUIRE(workload.wait_for_more(200, 60s));
    const bool goes_on = eventually([&] { return missing_acknowledged(workload, world.target, live).empty() || !world.process->running(); }, a_while);
    INFO(world.process->err());
    REQUIRE(goes_on);
    REQUIRE(world.process->running());
    REQUIRE(world.job.command("cutover").exit_code == 0);
    const ProcessResult ended = world.process->wait(a_while);
    INFO(ended.err);
    REQUIRE(ended.exit_code == 0);
    CHECK(eventually([&] { return workload.refused_everywhere(); }, 10s));
    workload.stop();
    CHECK(workload.unexpected() == "");
    CHECK_FALSE(takes_writes(world.second));
    CHECK(takes_writes(world.target));
    CHECK(missing_acknowledged(workload, world.target, live) == std::vector<std::string>{});
    CHECK(row_differences(world.second, live, world.target, live) == std::vector<std::string>{});
    CHECK(document_type_differences(world.second, world.target, live) == std::vector<std::string>{});
}

TEST_CASE("a replica that takes the address over without all that was applied ends the job, which says so") {
    Failover world;
    sql(world.second, "STOP SLAVE");
    sql(world.first, "INSERT INTO people (email) VALUES ('lost with the source')", live);
    const auto arrived = [&] { return value(world.target, "SELECT COUNT(*) FROM people WHERE email = 'lost with the source'", live) == "1"; };
    REQUIRE(eventually(arrived, 30s));
    world.fail_over();
    sql(world.second, "INSERT INTO people (email) VALUES ('after it')", live);
    const ProcessResult ended = world.process->wait(a_while);
    INFO(ended.err);
    CHECK(ended.exit_code == 1);
    REQUIRE(nlohmann::json::accept(ended.out));
    CHECK(nlohmann::json::parse(ended.out).at("failure").at("id") == "binlog.other_history");
    CHECK(value(world.target, "SELECT COUNT(*) FROM people WHERE email = 'after it'", live) == "0");
}

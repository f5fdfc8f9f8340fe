#include <signal.h>

#include <catch2/catch.hpp>
#include <random>

#include "tests/follow/follow_job.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/workload/workload.hpp"

using namespace transload::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr const char* live = "live";

/// Would double what they write if they acted on rows that come back.
constexpr const char* triggers =
    "CREATE TABLE trail (id INT AUTO_INCREMENT PRIMARY KEY, person BIGINT, what VARCHAR(20)) ENGINE = InnoDB;\n"
    "CREATE TRIGGER people_in AFTER INSERT ON people FOR EACH ROW INSERT INTO trail (person, what) VALUES (NEW.id, 'in');\n"
    "CREATE TRIGGER people_out AFTER DELETE ON people FOR EACH ROW INSERT INTO trail (person, what) VALUES (OLD.id, 'out');\n"
    "CREATE TRIGGER people_out_too AFTER DELETE ON people FOR EACH ROW INSERT INTO trail (person, what) VALUES (OLD.id, 'too');\n"
    "CREATE EVENT ticks ON SCHEDULE EVERY 1 SECOND DO DELETE FROM trail ORDER BY id LIMIT 1;\n";

std::string told_triggers(const TestServer& server) {
    std::string text;
    for (const Row& row : query(server, "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER, "
                                        "ACTION_STATEMENT, SQL_MODE, DEFINER FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = "
                                        "'live' UNION ALL SELECT EVENT_NAME, STATUS, DEFINER, SQL_MODE, '', '', '', '' FROM "
                                        "information_schema.EVENTS WHERE EVENT_SCHEMA = 'live' ORDER BY 1")) {
        for (const auto& cell : row) text += cell.value_or("NULL") + "|";
        text += "\n";
    }
    return text;
}

/// A job that has cut over under writes and keeps the source up to date with its target, which is written to.
struct Reversing {
    TestServer source;
    TestServer target;
    unsigned seed = from_environment("TRANSLOAD_FOLLOW_SEED", std::random_device{}() % 1000000);
    FollowJob job;
    std::string triggers_before;
    std::optional<Workload> workload;
    std::optional<Process> process;

    Reversing(Flavour from, Flavour to)
        : source(TestServer::start(from, {.memory = "64M"})), target(TestServer::start(to, {.memory = "64M"})),
          job(source, target, live, {"--engine", "native", "--cutover", "manual", "--reverse", "--show-values"}) {
        INFO("seed " << seed);
        create_workload_tables(source, live, {.rows = 500});
        sql(source, triggers, live);
        triggers_before = told_triggers(source);
        create_workload_account(target);
        workload.emplace(source, live, WorkloadOptions{.seed = seed, .writers = 2, .transactions_per_second = 100});
        REQUIRE(workload->wait_for_more(20));
        process.emplace(job.start());
        REQUIRE(job.wait_for_state({"DATA_RUNNING"}, 120s) == "DATA_RUNNING");
        REQUIRE(workload->wait_for_more(100));
        REQUIRE(job.command("cutover").exit_code == 0);
        const std::string state = job.wait_for_state({"REVERSING"}, 120s);
        INFO(process->err());
        INFO(job.events());
        REQUIRE(state == "REVERSING");
        CHECK(eventually([&] { return workload->refused_everywhere(); }, 5s));
        workload->stop();
        CHECK(workload->unexpected() == "");
        CHECK(missing_acknowledged(*workload, target, live) == std::vector<std::string>{});
        workload.emplace(target, live, WorkloadOptions{.seed = seed + 1, .writers = 3, .first_writer = 11, .transactions_per_second = 200,
                                                       .big_rows = 5000, .big_every = 60});
        REQUIRE(workload->wait_for_more(100));
    }

    void kill_and_go_on() {
        process->signal(SIGKILL);
        const ProcessResult killed = process->wait(5s);
        INFO(killed.err);
        REQUIRE(killed.exit_code == 128 + SIGKILL);  // it had not come to an end of its own
        REQUIRE(workload->wait_for_more(50));
        process.emplace(job.start());
        REQUIRE(workload->wait_for_more(50));
    }

    void check_equal() {
        CHECK(row_differences(source, live, target, live) == std::vector<std::string>{});
        CHECK(document_type_differences(source, target, live) == std::vector<std::string>{});
    }
};

void check_back(Flavour from, Flavour to) {
    if (!available(from) || !available(to)) SKIP_TEST("no server of this flavour");
    Reversing world(from, to);
    CAPTURE(world.seed);
    // The writers of the source are still kept away while the stream writes there.
    CHECK_FALSE(takes_writes(world.source));
    world.kill_and_go_on();
    world.kill_and_go_on();
    const ProcessResult asked = world.job.command("rollback");
    INFO(asked.err);
    REQUIRE(asked.exit_code == 0);
    const std::string state = world.job.wait_for_state({"ROLLED_BACK", "CUT_BACK_FAILED", "REVERSE_FAILED"}, 120s);
    INFO(world.process->err());
    INFO(world.job.events());
    REQUIRE(state == "ROLLED_BACK");
    CHECK(eventually([&] { return world.workload->refused_everywhere(); }, 5s));
    world.workload->stop();
    CHECK(world.workload->unexpected() == "");
    CHECK(takes_writes(world.source));
    CHECK(told_triggers(world.source) == world.triggers_before);
    CHECK_FALSE(takes_writes(world.target));
    CHECK(missing_acknowledged(*world.workload, world.source, live) == std::vector<std::string>{});
    world.check_equal();
    // Its writers find the source as they left it.
    Workload home(world.source, live, {.seed = 5, .writers = 2});
    CHECK(home.wait_for_more(20));
    home.stop();
    CHECK(home.unexpected() == "");
}

}  // namespace

TEST_CASE("after the cutover a rollback brings every write back to the source, MySQL 8.0 and MySQL 8.0") {
    check_back(Flavour::mysql80, Flavour::mysql80);
}

TEST_CASE("after the cutover a rollback brings every write back to the source, MariaDB and MariaDB") {
    check_back(Flavour::mariadb, Flavour::mariadb);
}

TEST_CASE("finish gives the way back up and leaves the target to its writers") {
    Reversing world(Flavour::mysql80, Flavour::mysql80);
    CAPTURE(world.seed);
    world.workload->stop();
    // The event goes on changing the target, and the source's own comes back with the end of the way back.
    for (const TestServer* server : {&world.source, &world.target}) sql(*server, "SET GLOBAL event_scheduler = OFF");
    CHECK(eventually([&] { return missing_acknowledged(*world.workload, world.source, live).empty(); }, 60s));
    CHECK(eventually([&] { return row_differences(world.source, live, world.target, live).empty(); }, 60s));
    const ProcessResult asked = world.job.command("finish");
    INFO(asked.err);
    REQUIRE(asked.exit_code == 0);
    const std::string state = world.job.wait_for_state({"DONE", "REVERSE_FAILED"}, 120s);
    INFO(world.process->err());
    REQUIRE(state == "DONE");
    world.check_equal();
    CHECK(told_triggers(world.source) == world.triggers_before);
    CHECK_FALSE(takes_writes(world.source));
    CHECK(takes_writes(world.target));
    // What is written now stays on the target.
    sql(world.target, "INSERT INTO people (email) VALUES ('late@x')", live);
    std::this_thread::sleep_for(500ms);
    CHECK(value(world.source, "SELECT COUNT(*) FROM people WHERE email = 'late@x'", live) == "0");
    CHECK(value(world.target, "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = '_transload'") == "0");
}

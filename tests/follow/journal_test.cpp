#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/follow/follow_job.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/workload/workload.hpp"

using namespace transload::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr const char* live = "live";
/// The program kills itself around the N-th line of its journal in CUTTING_OVER or a later state (FaultPoint).
constexpr const char* kill_before = "TRANSLOAD_TEST_KILL_BEFORE_RECORD";
constexpr const char* kill_after = "TRANSLOAD_TEST_KILL_AFTER_RECORD";
constexpr unsigned most_lines = 60;
constexpr unsigned sure_lines = 6;  ///< as many lines of CUTTING_OVER and later states has every job

struct Servers {
    TestServer source = TestServer::start(Flavour::mysql80, {.memory = "64M"});
    TestServer target = TestServer::start(Flavour::mysql80, {.memory = "64M"});
};

bool handed_over(const json& job) { return job.at("cutover").at("state") == "over"; }
bool way_back_recorded(const json& job) { return job.at("cutover").at("reverse_position").is_string(); }

/// Neither both writable without a stream, nor neither: what holds in the moment of the kill, whatever comes after.
void check_at_rest(const FollowJob& job, const TestServer& source, unsigned line) {
    const json document = job.show();
    REQUIRE_FALSE(document.is_null());
    CAPTURE(line, document.at("state"), document.at("cutover"));
    if (handed_over(document)) {
        CHECK(way_back_recorded(document));
        CHECK_FALSE(takes_writes(source));
    }
    // A stop that nobody knows of would never be taken back.
    if (!takes_writes(source)) CHECK(document.at("cutover").at("state") != "none");
}

/// Goes on with the job until it is over, and checks it on its way: it follows and the source takes writes, or it is over
/// and keeps the way back.
void check_goes_on(const FollowJob& job, Process& process, const TestServer& source) {
    bool settled = false;
    bool looked = false;
    std::string seen;
    for (const auto end = std::chrono::steady_clock::now() + 120s; !settled && std::chrono::steady_clock::now() < end;) {
        const json document = job.show();
        const std::string state = document.is_null() ? "" : document.at("state").get<std::string>();
        if (seen.rfind(state) == std::string::npos) seen += state + " ";
        settled = state == "REVERSING";
        const bool follows = state == "DATA_RUNNING" && document.at("cutover").at("state") == "none";
        if (follows && !looked) {  // until it cuts over again by itself
            const bool open = eventually([&] { return takes_writes(source) || job.state() != "DATA_RUNNING"; }, 5s);
            CHECK(open);
            looked = true;
        }
        if (!process.running()) break;
        std::this_thread::sleep_for(50ms);
    }
    INFO(seen);
    INFO(process.err());
    INFO(process.out());
    INFO(job.events());
    REQUIRE(settled);
    const json document = job.show();
    CHECK(handed_over(document));
    CHECK(way_back_recorded(document));
    CHECK_FALSE(takes_writes(source));
}

/// One job that is killed at the line, and its end. False when there was no such line any more.
bool killed_at(Servers& servers, const char* when, unsigned line) {
    CAPTURE(when, line);
    sql(servers.target, "SET GLOBAL super_read_only = OFF, GLOBAL read_only = OFF; DROP DATABASE IF EXISTS live; DROP DATABASE IF EXISTS _transload");
    sql(servers.source, "SET GLOBAL super_read_only = OFF, GLOBAL read_only = OFF; DROP DATABASE IF EXISTS live; DROP DATABASE IF EXISTS _transload");
    create_workload_tables(servers.source, live, {.rows = 200});
    create_workload_account(servers.target);
    const FollowJob job(servers.source, servers.target, live, {"--engine", "native", "--cutover", "auto", "--reverse", "--show-values"});
    Workload workload(servers.source, live, {.seed = line, .writers = 2, .transactions_per_second = 60, .domain = 300});
    REQUIRE(workload.wait_for_more(10));

    Process killed = job.start({{when, std::to_string(line)}});
    const bool reversing_first = eventually([&] { return !killed.running() || job.state() == "REVERSING"; }, 120s, 100ms);
    INFO(killed.err());
    REQUIRE(reversing_first);
    bool was_killed = !killed.running();
    std::string told = killed.err();
    std::optional<Process> process;
    if (was_killed) {
        const ProcessResult ended = killed.wait(5s);
        INFO(ended.err);
        INFO(ended.out);
        REQUIRE(ended.exit_code == 128 + SIGKILL);
        check_at_rest(job, servers.source, line);
        process.emplace(job.start());
    } else {
        process.emplace(std::move(killed));
    }
    INFO(told);
    check_goes_on(job, *process, servers.source);
    CHECK(eventually([&] { return workload.refused_everywhere(); }, 5s));
    workload.stop();
    CHECK(workload.unexpected() == "");
    CHECK(missing_acknowledged(workload, servers.target, live) == std::vector<std::string>{});

    Workload after(servers.target, live, {.seed = line + 1000, .writers = 2, .first_writer = 11, .transactions_per_second = 100, .domain = 300});
    CHECK(after.wait_for_more(20));
    // The journal goes on behind the cutover: the line may be one of the way back.
    const auto comes_to = [&](const std::vector<std::string>& ends) {
        std::string now;
        (void)eventually(
            [&] {
                now = job.state();
                if (std::find(ends.begin(), ends.end(), now) != ends.end()) return true;
                if (!process->running() && !was_killed && process->wait(5s).exit_code == 128 + SIGKILL) {
                    was_killed = true;
                    process.emplace(job.start());
                }
                return false;
            },
            120s, 100ms);
        return now;
    };
    // Both ends of a way back, in turns.
    const bool back = (line / 2) % 2 == 0;
    if (back) {
        const ProcessResult asked = job.command("rollback");
        INFO(asked.err);
        CHECK(asked.exit_code == 0);
        const std::string state = comes_to({"ROLLED_BACK", "CUT_BACK_FAILED", "REVERSE_FAILED"});
        INFO(job.events());
        CHECK(state == "ROLLED_BACK");
        CHECK(takes_writes(servers.source));
        CHECK_FALSE(takes_writes(servers.target));
        after.stop();
        CHECK(missing_acknowledged(after, servers.source, live) == std::vector<std::string>{});
    } else {
        after.stop();
        CHECK(eventually([&] { return missing_acknowledged(after, servers.source, live).empty(); }, 60s));
        const ProcessResult asked = job.command("finish");
        INFO(asked.err);
        CHECK(asked.exit_code == 0);
        CHECK(comes_to({"DONE", "REVERSE_FAILED"}) == "DONE");
        CHECK_FALSE(takes_writes(servers.source));
        CHECK(takes_writes(servers.target));
    }
    (void)process->wait(60s);
    CHECK(row_differences(servers.source, live, servers.target, live) == std::vector<std::string>{});
    CHECK(document_type_differences(servers.source, servers.target, live) == std::vector<std::string>{});
    return was_killed;
}

/// Lines first, first + 2, …: cases share the journal, for they run beside each other.
void kill_at_lines(const char* when, unsigned first) {
    Servers servers;
    const unsigned only = from_environment("TRANSLOAD_FOLLOW_LINE", 0);
    if (only != 0) {
        CHECK(killed_at(servers, when, only));
        return;
    }
    if (from_environment("TRANSLOAD_FOLLOW_ALL_LINES", 0) == 0) {
        // A whole job for each line takes long: the suite takes one of those that every cutover has.
        std::random_device random;
        const unsigned line = first + 2 * (random() % (sure_lines / 2));
        INFO("TRANSLOAD_FOLLOW_LINE=" << line << " repeats it, TRANSLOAD_FOLLOW_ALL_LINES=1 takes every line");
        CHECK(killed_at(servers, when, line));
        return;
    }
    unsigned line = first;
    while (line < most_lines && killed_at(servers, when, line)) line += 2;
    REQUIRE(line < most_lines);
    // The fault point is there and the journal has lines: else this case could not fail.
    CHECK(line > first);
}

}  // namespace

TEST_CASE("killed behind every odd line of the cutover's journal, the job keeps one server that takes writes") { kill_at_lines(kill_after, 1); }
TEST_CASE("killed behind every even line of the cutover's journal, the job keeps one server that takes writes") { kill_at_lines(kill_after, 2); }
TEST_CASE("killed before every odd line of the cutover's journal, the job keeps one server that takes writes") { kill_at_lines(kill_before, 1); }
TEST_CASE("killed before every even line of the cutover's journal, the job keeps one server that takes writes") { kill_at_lines(kill_before, 2); }

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/follow/live_move.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/workload/session.hpp"

using namespace transload::test;
using namespace std::chrono_literals;
using nlohmann::json;

/// What a user says to a job that follows, from another terminal.
namespace {

constexpr const char* live = LiveMove::database;

bool found(const json& findings, const std::string& id, const std::string& severity) {
    return std::any_of(findings.begin(), findings.end(), [&](const json& finding) { return finding.at("id") == id && finding.at("severity") == severity; });
}

/// Databases, definitions, programs, accounts and variables.
std::string shape_of(const TestServer& server) {
    return sql(server,
               "SELECT schema_name FROM information_schema.schemata ORDER BY 1; SELECT table_schema, table_name, column_name, column_type FROM "
               "information_schema.columns WHERE table_schema NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys') ORDER BY 1, 2, 3; "
               "SELECT trigger_name, event_object_table, action_timing, event_manipulation, action_order, action_statement, sql_mode, definer FROM "
               "information_schema.triggers WHERE trigger_schema <> 'sys' ORDER BY 1; SELECT event_name, status, definer, sql_mode FROM "
               "information_schema.events ORDER BY 1; SELECT user, host FROM mysql.user ORDER BY 1, 2; "
               "SELECT @@global.read_only, @@global.super_read_only, @@global.max_connections, @@global.sql_mode");
}

}  // namespace

TEST_CASE("a cutover that is rehearsed from the command line says what is in the way, by its exit code too, and changes nothing") {
    LiveMove move({"--reverse"});
    move.follow();
    const std::string before = shape_of(move.source);
    const auto rehearse = [&](int code) {
        const ProcessResult rehearsed = move.job.command("cutover", {"--dry-run"});
        INFO(rehearsed.out);
        INFO(rehearsed.err);
        CHECK(rehearsed.exit_code == code);
        REQUIRE(json::accept(rehearsed.out));
        const json said = json::parse(rehearsed.out);
        CHECK(said.at("ready") == (code == 0));
        return said.at("findings");
    };
    // How far it is behind is known to the process that runs it.
    CHECK(found(rehearse(0), "rehearsal.stream_unknown", "warning"));

    WriterSession accountant(move.source.port(), workload_user, workload_password, live);
    REQUIRE(accountant.execute("BEGIN") == 0);
    REQUIRE(accountant.execute("INSERT INTO people (email) VALUES ('open')") == 0);
    const std::string session = accountant.query("SELECT CONNECTION_ID()").value().at(0).at(0).value();
    // InnoDB's picture of its transactions is the same for a tenth of a second from each look.
    json open;
    const bool seen = eventually([&] { return (open = rehearse(0)).dump().find("session " + session) != std::string::npos; }, 10s, 200ms);
    INFO(open);
    CHECK(seen);
    CHECK(found(open, "rehearsal.open_transactions", "warning"));
    REQUIRE(accountant.execute("ROLLBACK") == 0);

    // A trigger that could not be made again as it is would be lost on the way back.
    sql(move.source, "SET NAMES latin1; CREATE TRIGGER odd AFTER INSERT ON people FOR EACH ROW SET @odd = 'é'", live);
    const json blocked = rehearse(1);
    CHECK(found(blocked, "cutover.program", "error"));
    sql(move.source, "DROP TRIGGER odd", live);

    CHECK(shape_of(move.source) == before);
    const json job = move.job.show();
    CHECK(job.at("state") == "DATA_RUNNING");
    CHECK(job.at("cutover").at("requested") == false);
    CHECK(job.at("cutover").at("state") == "none");
    CHECK(move.workload->wait_for_more(50));
    CHECK(move.workload->statistics().refused == 0);
    move.catches_up();

    REQUIRE(move.job.command("pause").exit_code == 0);
    (void)move.process->wait(30s);
    const json paused = rehearse(1);
    CHECK(found(paused, "rehearsal.state", "error"));
    CHECK(shape_of(move.source) == before);
}

TEST_CASE("a job that is paused and resumed while its source is written to misses nothing") {
    LiveMove move({});
    move.follow();
    REQUIRE(move.job.command("pause").exit_code == 0);
    const ProcessResult paused = move.process->wait(30s);
    INFO(paused.err);
    CHECK(move.job.state() == "PAUSED");
    REQUIRE(move.workload->wait_for_more(200));
    const auto written = move.workload->acknowledged();
    CHECK_FALSE(missing_acknowledged(*move.workload, move.target, live).empty());
    move.process.emplace(move.job.begin("resume"));
    move.comes_to("DATA_RUNNING", {"DATA_FAILED"});
    REQUIRE(move.workload->wait_for_more(100));
    move.catches_up();
    REQUIRE(move.job.command("cutover").exit_code == 0);
    const ProcessResult ended = move.process->wait(120s);
    INFO(ended.err);
    CHECK(ended.exit_code == 0);
    CHECK(move.job.state() == "DONE");
    move.check_refused_and_whole(move.target);
    move.check_equal();
}

TEST_CASE("limits that are changed while a job follows hold its rate down, and lifting them lets it catch up") {
    LiveMove move({});
    move.follow();
    move.workload->stop();
    move.catches_up();
    const auto limited = [&](const std::string& rows) {
        const ProcessResult asked = move.job.command("limits", {"--rows-per-second", rows});
        INFO(asked.err);
        REQUIRE(asked.exit_code == 0);
        // The process that runs the job looks twice a second, and keeps what it has taken over.
        const bool taken = eventually([&] { return json::parse(move.job.command("limits").out).at("rows_per_second") == std::stoi(rows); }, 20s);
        REQUIRE(taken);
    };
    int written = 0;
    const auto write = [&](int rows) {
        std::string script;
        for (int i = 0; i < rows; ++i, ++written)
            script += fmt::format("{}({}, 1, 1, ''){}", i % 50 == 0 ? "INSERT INTO bulk VALUES " : ",", 1000000 + written, i % 50 == 49 ? ";\n" : "");
        const auto begun = std::chrono::steady_clock::now();
        sql(move.source, script, live);
        return begun;
    };
    const auto there = [&] { return std::stoi(value(move.target, "SELECT COUNT(*) FROM bulk WHERE id >= 1000000", live)); };
    const auto seconds_until_there = [&](std::chrono::steady_clock::time_point since) {
        REQUIRE(eventually([&] { return there() == written || !move.process->running(); }, 150s));
        REQUIRE(move.process->running());
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
    };
    // What is done in one go is allowed a second ahead.
    limited("200");
    REQUIRE(eventually([&] { return seconds_until_there(write(400)) > 0.9; }, 20s));  // obeyed within a second or two
    CHECK(seconds_until_there(write(1200)) > 4);
    // Who waits for the old limit goes on by the new one: these would take 100 s.
    const auto since = write(20000);
    CHECK(there() < 10000);
    limited("0");
    CHECK(seconds_until_there(since) < 80);
    move.check_equal();
}

TEST_CASE("a job with a way back that is given up before it has handed over leaves both servers as they were") {
    const TempDir folder;
    const auto file = folder.write("job.yaml", "cutover: {reverse: true, hand_over: {command: [/bin/false]}}\n");
    LiveMove move({file.string()});
    sql(move.source, "CREATE TRIGGER people_in AFTER INSERT ON people FOR EACH ROW SET @seen = NEW.id; "
                     "CREATE EVENT ticks ON SCHEDULE EVERY 1 DAY DO DO 1", live);
    sql(move.target, "CREATE DATABASE other; CREATE TABLE other.t (id INT PRIMARY KEY); INSERT INTO other.t VALUES (1); "
                     "CREATE DATABASE live; CREATE TABLE live.bystander (id INT PRIMARY KEY); INSERT INTO live.bystander VALUES (1)");
    const std::string source_before = shape_of(move.source);
    const std::string target_before = shape_of(move.target);
    move.follow();
    REQUIRE(move.job.command("cutover").exit_code == 0);
    // The hand-over fails, so the source gets its writers back.
    move.comes_to("CUTOVER_FAILED", {"REVERSING", "DATA_FAILED", "FINALIZE_FAILED"});
    (void)move.process->wait(30s);
    CHECK(takes_writes(move.source));
    CHECK(move.workload->wait_for_more(50));

    const ProcessResult removed = move.job.command("rollback");
    INFO(removed.err);
    REQUIRE(removed.exit_code == 0);
    CHECK(move.job.state() == "ROLLED_BACK");
    CHECK(shape_of(move.source) == source_before);
    CHECK(shape_of(move.target) == target_before);
    CHECK(sql(move.target, "SELECT COUNT(*) FROM other.t; SELECT COUNT(*) FROM live.bystander") == "1\n1\n");
    CHECK(move.workload->wait_for_more(50));
    move.workload->stop();
    CHECK(move.workload->unexpected() == "");
}

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/follow/live_move.hpp"
#include "tests/support/sql.hpp"

using namespace transload::test;
using namespace std::chrono_literals;

/// Whole jobs that stop the source's writers by something other than super_read_only.
namespace {

/// What the writers' account may do, and its row without the grants.
std::string account_of(const TestServer& server) {
    std::string text = sql(server, fmt::format("SHOW GRANTS FOR '{}'@'%'", workload_user));
    return text + sql(server, fmt::format("SELECT user, host, plugin, HEX(authentication_string), account_locked, max_updates, password_last_changed "
                                          "FROM mysql.user WHERE user = '{}'", workload_user));
}

bool may_write(const TestServer& server) { return account_of(server).find("INSERT") != std::string::npos; }

std::filesystem::path program(const TempDir& folder, const std::string& name, const std::string& text) {
    const auto file = folder.write(name, "#!/bin/sh\n" + text);
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    return file;
}

}  // namespace

TEST_CASE("a job that revokes its writers' rights hands over, comes back, and leaves the source's accounts as they were") {
    LiveMove move({"--write-stop", "revoke", "--revoke-account", "workload@%", "--reverse"});
    sql(move.source, "CREATE USER bystander@'%' IDENTIFIED BY 'x'; GRANT INSERT ON live.* TO bystander@'%'");
    const std::string before = account_of(move.source);
    REQUIRE(may_write(move.source));
    move.follow();
    CHECK(account_of(move.source) == before);
    move.hand_over();
    CHECK_FALSE(may_write(move.source));
    CHECK(takes_writes(move.source));  // as far as the server's variables go
    CHECK(sql(move.source, "SHOW GRANTS FOR bystander@'%'").find("INSERT") != std::string::npos);
    CHECK(move.job.events().find("bystander") != std::string::npos);  // who could write all the same is told
    move.write_to_target();
    move.come_back();
    CHECK(account_of(move.source) == before);
    CHECK_FALSE(may_write(move.target));
    move.check_home(move.source);
}

TEST_CASE("a job that leaves the write stop to a program tells it whom to stop and whom to release, there and back") {
    const TempDir folder;
    const auto calls = folder / "calls";
    const auto hook = program(folder, "hook",
                              fmt::format("server=$TRANSLOAD_SOURCE\n"
                                          "echo \"$1 $TRANSLOAD_PHASE $server $TRANSLOAD_DATABASES ${{TRANSLOAD_SOURCE_PASSWORD-none}}\" >> {}\n"
                                          "[ $1 = stop ] && to=1 || to=0\n"
                                          "MYSQL_PWD={} mariadb --no-defaults --host=${{server%:*}} --port=${{server#*:}} --protocol=tcp --user=root "
                                          "-e \"SET GLOBAL read_only = $to\"\n",
                                          calls.string(), LiveMove::password));
    const auto file = folder.write("job.yaml", fmt::format("cutover: {{write_stop: hook, hook: [{}], reverse: true}}\n", hook.string()));
    LiveMove move({file.string()});
    move.follow();
    CHECK_FALSE(std::filesystem::exists(calls));
    move.hand_over();
    CHECK_FALSE(takes_writes(move.source));
    move.write_to_target();
    move.come_back();
    CHECK(takes_writes(move.source));
    CHECK_FALSE(takes_writes(move.target));
    const auto call = [](const std::string& phase, const TestServer& server) {
        return fmt::format("{0} {0} 127.0.0.1:{1} live=live none\n", phase, server.port());
    };
    CHECK(read_file(calls) == call("stop", move.source) + call("stop", move.target) + call("release", move.source));
    move.check_home(move.source);
}

TEST_CASE("a job that locks its tables holds writers up until they were sent to the target, and lets the others go at its end") {
    const TempDir folder;
    const auto told = folder / "told";
    const auto hand_over = program(folder, "hand_over", fmt::format("cat > {0}.part; mv {0}.part {0}\nwhile [ ! -e {1} ]; do sleep 0.1; done\n",
                                                                    told.string(), (folder / "moved").string()));
    const auto file = folder.write("job.yaml", fmt::format("cutover: {{write_stop: lock_tables, timeout: 60s, hand_over: {{command: [{}], timeout: 60s}}}}\n",
                                                           hand_over.string()));
    LiveMove move({file.string()});
    move.follow();
    REQUIRE(move.job.command("cutover").exit_code == 0);
    const bool stopped = eventually([&] { return std::filesystem::exists(told) || !move.process->running(); }, 120s);
    INFO(move.process->err());
    REQUIRE(stopped);
    REQUIRE(move.process->running());
    const auto committed = move.workload->statistics().committed;
    // A table that the job does not have is free.
    sql(move.source, "CREATE DATABASE elsewhere; CREATE TABLE elsewhere.t (id INT PRIMARY KEY); INSERT INTO elsewhere.t VALUES (1)");
    move.workload->stop();  // writers that wait run into their own limit
    CHECK(move.workload->statistics().committed == committed);
    folder.write("moved", "");
    const ProcessResult ended = move.process->wait(60s);
    INFO(ended.err);
    REQUIRE(ended.exit_code == 0);
    const auto report = nlohmann::json::parse(ended.out);
    CHECK(report.at("state") == "DONE");
    CHECK(report.at("cutover").at("method") == "lock_tables");
    const auto facts = nlohmann::json::parse(read_file(told));
    CHECK(facts.at("event") == "cutover");
    CHECK(facts.at("source_position") == report.at("cutover").at("position"));
    CHECK(move.workload->unexpected() == "");
    CHECK(missing_acknowledged(*move.workload, move.target, LiveMove::database) == std::vector<std::string>{});
    move.check_equal();
    move.check_home(move.source);  // who was not sent to the target goes on where he was
}

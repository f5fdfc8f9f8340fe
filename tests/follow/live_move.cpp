#include "tests/follow/live_move.hpp"

#include <catch2/catch.hpp>

#include "tests/support/compare.hpp"
#include "tests/support/sql.hpp"

namespace transload::test {

using namespace std::chrono_literals;

namespace {

constexpr auto a_while = 150s;  // Liquibase alone takes a minute on a busy machine

ServerOptions server_options(const LiveMove::Options& options) {
    return {.password = LiveMove::password, .memory = "64M", .extra = options.server};
}

std::vector<std::string> whole(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--engine", "native", "--cutover", "manual", "--show-values"});
    return arguments;
}

}  // namespace

LiveMove::LiveMove(std::vector<std::string> arguments, const Options& options)
    : source(TestServer::start(options.flavour, server_options(options))),
      target(TestServer::start(options.flavour, server_options(options))),
      job(source, target, database, whole(std::move(arguments))) {
    create_workload_tables(source, database, {.rows = 300});
    create_workload_account(target);
    workload.emplace(source, database, WorkloadOptions{.seed = 7, .writers = 3, .transactions_per_second = 150});
    REQUIRE(workload->wait_for_more(20));
}

void LiveMove::comes_to(const std::string& wanted, const std::vector<std::string>& others) {
    std::vector<std::string> states{others};
    states.push_back(wanted);
    const std::string state = job.wait_for_state(states, a_while);
    INFO(process->err());
    INFO(job.events());
    REQUIRE(state == wanted);
}

void LiveMove::catches_up() {
    const bool caught_up = eventually([&] { return missing_acknowledged(*workload, target, database).empty() || !process->running(); }, a_while);
    INFO(process->err());
    REQUIRE(caught_up);
    REQUIRE(process->running());
}

void LiveMove::follow() {
    process.emplace(job.start());
    const bool ready = process->wait_for("ready; following", a_while);
    INFO(process->err());
    REQUIRE(ready);
    REQUIRE(workload->wait_for_more(100));
}

void LiveMove::hand_over() {
    REQUIRE(job.command("cutover").exit_code == 0);
    comes_to("REVERSING", {"DATA_FAILED", "CUTOVER_FAILED", "FINALIZE_FAILED", "REVERSE_FAILED"});
    check_refused_and_whole(target);
}

void LiveMove::write_to_target() {
    workload.emplace(target, database, WorkloadOptions{.seed = 8, .writers = 3, .first_writer = 11, .transactions_per_second = 150});
    REQUIRE(workload->wait_for_more(100));
}

void LiveMove::come_back() {
    REQUIRE(job.command("rollback").exit_code == 0);
    comes_to("ROLLED_BACK", {"CUT_BACK_FAILED", "REVERSE_FAILED"});
    check_refused_and_whole(source);
    check_equal();
}

void LiveMove::check_refused_and_whole(const TestServer& taker) {
    CHECK(eventually([&] { return workload->refused_everywhere(); }, 10s));
    workload->stop();
    CHECK(workload->unexpected() == "");
    CHECK(missing_acknowledged(*workload, taker, database) == std::vector<std::string>{});
}

void LiveMove::check_equal() const {
    CHECK(row_differences(source, database, target, database) == std::vector<std::string>{});
    CHECK(document_type_differences(source, target, database) == std::vector<std::string>{});
}

void LiveMove::check_home(const TestServer& server) const {
    Workload home(server, database, {.seed = 9, .writers = 2, .first_writer = 21});
    CHECK(home.wait_for_more(20));
    home.stop();
    CHECK(home.unexpected() == "");
}

}  // namespace transload::test

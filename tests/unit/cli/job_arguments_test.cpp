#include "cli/job_arguments.hpp"

#include <CLI/CLI.hpp>
#include <catch2/catch.hpp>

#include "orchestrator/plan/error.hpp"
#include "tests/support/temp_dir.hpp"

using namespace transload;
using namespace std::chrono_literals;

namespace {

JobSpec spec_of(std::vector<std::string> words) {
    CLI::App program;
    cli::JobArguments arguments;
    arguments.add_to(program);
    words.insert(words.end(), {"--target", "mysql://u@t"});
    std::reverse(words.begin(), words.end());  // what this parser takes
    program.parse(words);
    return arguments.spec();
}

const std::vector<std::string> source{"--source", "mysql://u@s/shop"};

JobSpec with(std::vector<std::string> words) {
    words.insert(words.begin(), source.begin(), source.end());
    return spec_of(std::move(words));
}

std::string refused(std::vector<std::string> words) {
    try {
        (void)with(std::move(words));
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        return error.object();
    }
    return {};
}

}  // namespace

TEST_CASE("flags say all of a cutover that is not a program") {
    const JobSpec spec = with({"--cutover", "auto", "--write-stop", "revoke", "--revoke-account", "app@%", "--revoke-account",
                               "batch@h", "--reverse", "--cutover-timeout", "20s", "--max-lag", "300ms", "--open-transactions",
                               "kill", "--transaction-limit", "2s", "--hand-over-webhook", "http://h/x", "--ddl", "apply",
                               "--validate-every", "10m"});
    CHECK(spec.cutover.mode == CutoverMode::automatic);
    CHECK(spec.cutover.accounts == std::vector<std::string>{"app@%", "batch@h"});
    CHECK(spec.cutover.reverse);
    CHECK(spec.cutover.timeout == 20s);
    CHECK(spec.cutover.max_lag == 300ms);
    CHECK(spec.cutover.open_transactions == OpenTransactions::kill);
    CHECK(spec.cutover.transaction_limit == 2s);
    CHECK(spec.cutover.hand_over.webhook == "http://h/x");
    CHECK(spec.follow.ddl == DdlPolicy::apply);
    CHECK(spec.follow.validate_every == 10min);
}

TEST_CASE("the flag --follow is a manual cutover unless another one is named") {
    CHECK(with({"--follow"}).cutover.mode == CutoverMode::manual);
    CHECK(with({"--follow", "--reverse"}).cutover.reverse);
    CHECK(with({"--follow", "--cutover", "auto"}).cutover.mode == CutoverMode::automatic);
    CHECK(refused({"--follow", "--cutover", "none"}) == "--follow");
    CHECK(with({}).cutover.mode == CutoverMode::none);
    const test::TempDir dir;
    const auto file = [&](const char* mode) {
        return dir.write("job.yaml", "source: mysql://u@s/shop\ncutover: " + std::string(mode) + "\n").string();
    };
    CHECK(spec_of({file("auto"), "--follow"}).cutover.mode == CutoverMode::automatic);
    CHECK(spec_of({file("none"), "--follow"}).cutover.mode == CutoverMode::manual);
}

TEST_CASE("flags give tables other names, and what is named comes before the rule for the rest") {
    const JobSpec spec = with({"--table-suffix", "_new", "--map-table", "orders=orders_v2", "--map-table", "shop.a=b"});
    REQUIRE(spec.mappings.size() == 3);
    CHECK(spec.mappings[0].match == "orders");
    CHECK(spec.mappings[0].rename == "orders_v2");
    CHECK(spec.mappings[1].match == "shop.a");
    CHECK(spec.mappings[2].match == "*");
    CHECK(spec.mappings[2].suffix == "_new");
    CHECK(with({"--table-prefix", "p_"}).mappings.at(0).prefix == "p_");
    CHECK(refused({"--map-table", "orders"}) == "mapping[0]");
    CHECK(refused({"--reverse"}) == "cutover.reverse");
}

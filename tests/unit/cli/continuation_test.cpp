#include "cli/continuation.hpp"

#include <catch2/catch.hpp>

#include "orchestrator/plan/error.hpp"

using namespace transload;

namespace {

Job job(const char* id, JobState state, const char* target = "new-host") {
    Job made;
    made.id = JobId(id);
    made.state = state;
    made.spec.target.host = target;
    made.spec.databases = {{"shop", "shop"}};
    return made;
}

}  // namespace

TEST_CASE("a repeated command finds the unfinished job of the same move and no other") {
    const JobSpec spec = job("x", JobState::draft).spec;
    const std::vector<Job> jobs{job("other", JobState::data_failed, "elsewhere"), job("mine", JobState::data_failed)};
    const auto found = cli::find_earlier(jobs, spec, false);
    REQUIRE(found);
    CHECK(found->id.str() == "mine");
}

TEST_CASE("a cancelled job is found only when it is to be undone") {
    const JobSpec spec = job("x", JobState::draft).spec;
    CHECK_FALSE(cli::find_earlier({job("a", JobState::cancelled)}, spec, false));
    CHECK(cli::find_earlier({job("a", JobState::cancelled)}, spec, true));
}

TEST_CASE("no job that is older than a finished one of the same move is undone or gone on with") {
    const JobSpec spec = job("x", JobState::draft).spec;
    CHECK_FALSE(cli::find_earlier({job("b", JobState::done), job("a", JobState::cancelled)}, spec, true));
    CHECK_FALSE(cli::find_earlier({job("b", JobState::done), job("a", JobState::data_failed)}, spec, true));
    CHECK(cli::find_earlier({job("c", JobState::data_failed), job("b", JobState::done)}, spec, false));
}

namespace {

/// What a continuation is refused for; empty when it is allowed.
std::string refused_for(const Job& begun, const JobSpec& wanted) {
    try {
        (void)cli::continued_spec(begun, wanted);
    } catch (const Error& error) {
        CHECK(error.id() == "job.other_options");
        return error.message().substr(error.message().rfind("other ") + 6);
    }
    return {};
}

ProxyOptions proxy(const char* host, const char* namespace_name) {
    ProxyOptions made;
    made.endpoint.host = host;
    made.namespace_name = namespace_name;
    return made;
}

ShardedTarget sharding() {
    ShardedTarget target;
    target.database = "shop";
    target.units.resize(1);
    target.units[0].name = target.default_unit = "ds_0";
    target.rules = {{"orders", {"ds_0"}, "id", "hash_mod", {{"sharding-count", "4"}}}};
    return target;
}

}  // namespace

TEST_CASE("a job goes on with another password, and not with another sharding") {
    Job begun = job("a", JobState::data_failed);
    begun.spec.sharding = sharding();
    JobSpec wanted = begun.spec;
    wanted.sharding->units[0].endpoint.password = Secret("new");
    CHECK(refused_for(begun, wanted).empty());
    CHECK(cli::continued_spec(begun, wanted).sharding->units[0].endpoint.password.reveal() == "new");
    const auto with = [&](auto change) {
        JobSpec other = begun.spec;
        change(*other.sharding);
        return refused_for(begun, other);
    };
    CHECK(with([](ShardedTarget& t) { t.database = "x"; }) == "target.sharding");
    CHECK(with([](ShardedTarget& t) { t.default_unit = "x"; }) == "target.sharding");
    CHECK(with([](ShardedTarget& t) { t.leave_out_unsupported = true; }) == "target.sharding");
    CHECK(with([](ShardedTarget& t) { t.units[0].database = "x"; }) == "target.sharding");
    CHECK(with([](ShardedTarget& t) { t.units[0].endpoint.port = 1; }) == "target.sharding");
    CHECK(with([](ShardedTarget& t) { t.units.push_back({}); }) == "target.sharding");
    CHECK(with([](ShardedTarget& t) { t.rules[0].column = "x"; }) == "target.sharding");
    CHECK(with([](ShardedTarget& t) { t.rules[0].algorithm = "mod"; }) == "target.sharding");
    CHECK(with([](ShardedTarget& t) { t.rules[0].properties["sharding-count"] = "8"; }) == "target.sharding");
    CHECK(with([](ShardedTarget& t) { t.rules.clear(); }) == "target.sharding");
    JobSpec plain = begun.spec;
    plain.sharding.reset();
    CHECK(refused_for(begun, plain) == "target.sharding");
    Job single = begun;
    single.spec.sharding.reset();
    CHECK(refused_for(single, begun.spec) == "target.sharding");
}

TEST_CASE("a job goes on as long as every namespace that it began in is still named") {
    Job begun = job("a", JobState::data_failed);
    begun.spec.shardingsphere.proxies = {proxy("p1", "a"), proxy("p2", "b")};
    const auto with = [&](std::vector<ProxyOptions> proxies) {
        JobSpec wanted = begun.spec;
        wanted.shardingsphere.proxies = std::move(proxies);
        return refused_for(begun, wanted);
    };
    CHECK(with({proxy("p2", "b"), proxy("elsewhere", "a")}).empty());
    CHECK(with({proxy("p1", "a"), proxy("p2", "b"), proxy("p3", "c")}).empty());
    CHECK(with({proxy("p1", "a")}) == "shardingsphere.proxies");
    CHECK(with({proxy("p1", "a"), proxy("p2", "c")}) == "shardingsphere.proxies");
    CHECK(with({}) == "shardingsphere.proxies");
    begun.spec.shardingsphere.proxies.clear();
    CHECK(with({proxy("p1", "a")}) == "shardingsphere.proxies");
    JobSpec tuned = begun.spec;
    tuned.shardingsphere.batch_size = 7;
    tuned.shardingsphere.tables_at_once = 1;
    CHECK(refused_for(begun, tuned).empty());
}

TEST_CASE("who stops the writes may change, but not while they are stopped") {
    Job begun = job("a", JobState::cutover_failed);
    JobSpec wanted = begun.spec;
    wanted.cutover.hook = {"/bin/stop"};
    wanted.cutover.write_stop = WriteStopMethod::hook;
    CHECK(refused_for(begun, wanted).empty());
    for (const WriteStopState state : {WriteStopState::stopping, WriteStopState::held, WriteStopState::releasing}) {
        begun.report.cutover.state = state;
        CHECK(refused_for(begun, wanted) == "cutover.write_stop, cutover.hook or cutover.accounts");
        CHECK(refused_for(begun, begun.spec).empty());
    }
    wanted = begun.spec;
    wanted.cutover.timeout = std::chrono::seconds{5};
    CHECK(refused_for(begun, wanted).empty());
    wanted.cutover.mode = CutoverMode::manual;
    CHECK(refused_for(begun, wanted) == "cutover");
}

TEST_CASE("a job goes on under the names that it began with, and a way back stays as it was told") {
    Job begun = job("mine", JobState::data_failed);
    JobSpec wanted = begun.spec;
    CHECK(refused_for(begun, wanted).empty());
    wanted.mappings = {{"orders", "orders_v2", "", "", {}, {}, ""}};
    CHECK(refused_for(begun, wanted).find("mapping") != std::string::npos);
    begun.spec.mappings = wanted.mappings;
    CHECK(refused_for(begun, wanted).empty());
    wanted.mappings[0].columns = {{"a", "b"}};
    CHECK(refused_for(begun, wanted).find("mapping") != std::string::npos);

    wanted = begun.spec;
    wanted.cutover.reverse = true;
    CHECK(refused_for(begun, wanted).empty());
    begun.report.cutover.state = WriteStopState::over;
    CHECK(refused_for(begun, wanted).find("cutover.reverse") != std::string::npos);

    begun.report.cutover.state = WriteStopState::held;
    wanted = begun.spec;
    wanted.cutover.accounts = {"other@h"};
    CHECK(refused_for(begun, wanted).find("cutover.accounts") != std::string::npos);
}

namespace {

Job handed_over(const char* id) {
    Job made = job(id, JobState::done);
    made.spec.cutover.mode = CutoverMode::automatic;
    made.report.cutover.state = WriteStopState::over;
    return made;
}

}  // namespace

TEST_CASE("a command whose move was made and handed over has nothing left to do") {
    const JobSpec spec = handed_over("x").spec;
    Job refused = handed_over("refused");
    refused.state = JobState::preflight_failed;
    refused.report.cutover = {};
    CHECK(cli::find_made({handed_over("a")}, spec));
    CHECK(cli::find_made({refused, handed_over("a")}, spec)->id.str() == "a");
}

TEST_CASE("a move that was only copied, is under way, was taken back or was of other tables is not made yet") {
    const JobSpec spec = handed_over("x").spec;
    Job copied = handed_over("copied");
    copied.report.cutover = {};
    CHECK_FALSE(cli::find_made({copied, handed_over("a")}, spec));
    Job under_way = handed_over("under way");
    under_way.state = JobState::data_failed;
    CHECK_FALSE(cli::find_made({under_way, handed_over("a")}, spec));
    Job taken_back = handed_over("taken back");
    taken_back.state = JobState::rolled_back;
    taken_back.report.cut_back.state = WriteStopState::over;
    CHECK_FALSE(cli::find_made({taken_back, handed_over("a")}, spec));
    Job given_up = handed_over("given up");  // after the tables had been removed by hand
    given_up.state = JobState::cancelled;
    given_up.report.cutover = {};
    CHECK_FALSE(cli::find_made({given_up, handed_over("a")}, spec));
    Job undone = given_up;
    undone.state = JobState::rolled_back;
    CHECK_FALSE(cli::find_made({undone, handed_over("a")}, spec));
    JobSpec others = spec;
    others.tables.include = {"orders"};
    CHECK_FALSE(cli::find_made({handed_over("a")}, others));
    JobSpec copy = spec;
    copy.cutover.mode = CutoverMode::none;
    CHECK_FALSE(cli::find_made({handed_over("a")}, copy));
}

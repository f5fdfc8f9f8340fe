#include "orchestrator/steps/handed_over.hpp"

#include <catch2/catch.hpp>

#include "orchestrator/service/job_service.hpp"
#include "tests/unit/orchestrator/fakes.hpp"

using namespace transload;
using namespace std::chrono_literals;
using test::FakePorts;
using test::MemoryStore;
using test::RealClock;

namespace {

constexpr std::int64_t second = 1000;

Job job(const char* id, const char* host = "new-host") {
    Job made;
    made.id = JobId(id);
    made.created = WallTime(100s);
    made.spec.target.host = host;
    made.spec.if_exists = IfExists::drop;
    made.report.tables.emplace_back().target_name = "Shop.Orders";
    return made;
}

Job handed_over(const char* id, std::int64_t at, const char* host = "new-host") {
    Job made = job(id, host);
    made.state = JobState::done;
    made.report.cutover.state = WriteStopState::over;
    made.report.cutover.handed_over_at = at;
    return made;
}

}  // namespace

TEST_CASE("tables that another job handed over to the same target are known, and no others") {
    Job taken_back = handed_over("c", 50 * second);
    taken_back.report.cut_back.state = WriteStopState::over;
    const Job mine = job("mine");
    CHECK(handed_over_tables({handed_over("a", 50 * second)}, mine).contains("shop.orders"));
    CHECK(handed_over_tables({job("b"), taken_back, handed_over("d", 50 * second, "elsewhere"), handed_over("mine", 50 * second)}, mine).empty());
}

TEST_CASE("a table that was handed over is an error whatever if_exists says, and others stay as they were found") {
    const auto tables = handed_over_tables({handed_over("a", 50 * second)}, job("mine"));
    Findings findings{{"target.table_exists", Severity::warning, "shop.orders", "will be dropped", ""},
                      {"target.table_exists", Severity::warning, "shop.others", "will be dropped", ""},
                      {"target.disk_space", Severity::info, "shop.orders", "", ""}};
    spare_handed_over(tables, findings);
    CHECK(findings[0].id == "target.handed_over");
    CHECK(findings[0].severity == Severity::error);
    CHECK_THAT(findings[0].message, Catch::Contains("job a") && Catch::Contains("shop.orders"));
    CHECK(findings[1].severity == Severity::warning);
    CHECK(findings[2].id == "target.disk_space");
}

TEST_CASE("what is handed over while a job waits is not dropped when its turn comes") {
    const Job waiting = job("mine");
    const auto before = handed_over_tables({handed_over("a", 99 * second)}, waiting);
    const auto since = handed_over_tables({handed_over("a", 101 * second)}, waiting);
    const auto just_now = handed_over_tables({handed_over("a", 0)}, waiting);
    CHECK_FALSE(handed_over_since(before, waiting));
    REQUIRE(handed_over_since(since, waiting));
    CHECK(handed_over_since(since, waiting)->id == "target.handed_over");
    CHECK(handed_over_since(just_now, waiting));
    Job careful = waiting;
    careful.spec.if_exists = IfExists::refuse;  // finds out by itself
    CHECK_FALSE(handed_over_since(since, careful));
}

TEST_CASE("a job that would drop what an earlier one handed over is refused before anything is touched") {
    MemoryStore store;
    RealClock clock;
    FakePorts fake;
    fake.preflight_findings = {{"target.table_exists", Severity::warning, "shop.orders", "will be dropped", ""}};
    Job earlier = handed_over("20260101-000000-00000001", 50 * second, "target");
    earlier.spec.target.port = 3306;
    store.create(earlier);
    JobService service(fake.ports(), store, clock, {}, ServiceOptions{1, "."});
    JobSpec spec;
    spec.target = earlier.spec.target;
    spec.if_exists = IfExists::drop;
    const Job refused = service.wait(service.submit(spec, true).id);
    CHECK(refused.state == JobState::preflight_failed);
    REQUIRE(refused.failure);
    CHECK(refused.failure->id == "target.handed_over");
    CHECK(fake.calls() == std::vector<std::string>{"plan", "inspect"});
}

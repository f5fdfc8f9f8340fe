#include <catch2/catch.hpp>
#include <thread>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/service/job_service.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/orchestrator/fakes.hpp"

using namespace transload;
using namespace std::chrono_literals;
using test::eventually;
using test::FakePorts;
using test::MemoryStore;
using test::RealClock;

namespace {

/// An orchestrator that finds a job in the middle of its way, and whose data step a test plays.
struct House {
    MemoryStore store;
    RealClock clock;
    FakePorts fake;
    JobId id{"job-1"};

    explicit House(CutoverMode mode = CutoverMode::manual, JobState state = JobState::data_running) {
        Job job;
        job.id = id;
        job.state = state;
        job.resume_state = JobState::data_running;
        job.spec.cutover.mode = mode;
        job.spec.retry = {1, 1ms, 1ms};
        store.create(job);
    }
    std::unique_ptr<JobService> open() {
        return std::make_unique<JobService>(fake.ports(), store, clock, std::vector<EventSink*>{},
                                            ServiceOptions{1, "."});
    }
    void in_data_step(std::function<void(RunControl&)> act) {
        fake.on_call = [act = std::move(act)](const std::string& call, RunControl& control) {
            if (call == "transfer") act(control);
        };
    }
    [[nodiscard]] bool stored_request() const { return store.load(id)->report.cutover.requested; }
    [[nodiscard]] int events(std::string_view message) const {
        int found = 0;
        for (const Event& event : store.events(id, 0, 1000)) found += event.message == message;
        return found;
    }
};

void wait_for(RunControl& control, const std::function<bool()>& condition) {
    while (!condition()) {
        control.check();
        std::this_thread::sleep_for(1ms);
    }
}

std::string refusal(JobService& service, const JobId& id) {
    try {
        service.command(id, Trigger::cutover);
    } catch (const Error& error) {
        CHECK(error.id() == "job.not_allowed");
        CHECK(error.kind() == ErrorKind::refused);
        CHECK_FALSE(error.remedy().empty());
        return error.message();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("a manual cutover reaches the step that runs, and the request is durable before the command returns") {
    House house;
    std::atomic<bool> seen{false}, go_on{false};
    house.in_data_step([&](RunControl& control) {
        wait_for(control, [&] { return control.cutover_requested(); });
        seen = true;
        wait_for(control, [&] { return go_on.load(); });
    });
    auto service = house.open();
    REQUIRE(service->recover(house.id));
    CHECK_FALSE(house.stored_request());
    CHECK(service->command(house.id, Trigger::cutover).report.cutover.requested);
    CHECK(house.stored_request());
    CHECK(house.store.load(house.id)->state == JobState::data_running);
    CHECK(eventually([&] { return seen.load(); }, 20s));
    service->command(house.id, Trigger::cutover);  // asked for twice, told once
    CHECK(house.events("cutover requested") == 1);
    go_on = true;
    const Job job = service->wait(house.id);
    CHECK(job.state != JobState::data_running);
    CHECK(job.report.cutover.requested);  // the runner's own copy did not overwrite it
}

TEST_CASE("a request is not lost in the pause of a job, nor with the orchestrator that took it") {
    House house;
    house.in_data_step([&](RunControl& control) { wait_for(control, [] { return false; }); });
    {
        auto service = house.open();
        REQUIRE(service->recover(house.id));
        service->command(house.id, Trigger::cutover);
        service->command(house.id, Trigger::pause);
        CHECK(service->wait(house.id).state == JobState::paused);
        CHECK(house.stored_request());
    }
    std::atomic<bool> seen{false};
    house.in_data_step([&](RunControl& control) { seen = control.cutover_requested(); });
    auto service = house.open();
    service->command(house.id, Trigger::resume);
    service->wait(house.id);
    CHECK(seen);
}

TEST_CASE("asking for the cutover of a job that nobody works on sets it going again") {
    House house;
    std::atomic<bool> seen{false};
    house.in_data_step([&](RunControl& control) { seen = control.cutover_requested(); });
    auto service = house.open();
    service->command(house.id, Trigger::cutover);
    service->wait(house.id);
    CHECK(seen);
}

TEST_CASE("a request that another process left is found, told once, and done with") {
    House house;
    std::atomic<int> seen{0};
    house.in_data_step([&](RunControl& control) {
        wait_for(control, [&] { return control.cutover_requested(); });
        ++seen;
        control.clear_cutover_request();
        wait_for(control, [&] {
            if (control.cutover_requested()) ++seen;
            return false;
        });
    });
    auto service = house.open();
    REQUIRE(service->recover(house.id));
    house.store.ask_cutover(house.id);
    REQUIRE(eventually([&] { return seen == 1; }, 20s));
    std::this_thread::sleep_for(1300ms);  // what is done with does not come back at the next look
    service->command(house.id, Trigger::pause);
    service->wait(house.id);
    CHECK(seen == 1);
    CHECK(house.events("cutover requested") == 1);
    CHECK_FALSE(house.store.cutover_asked(house.id));
}

TEST_CASE("a cleared request stays cleared, and the next one counts again") {
    House house;
    std::atomic<int> requests{0};
    house.in_data_step([&](RunControl& control) {
        while (true) {
            wait_for(control, [&] { return control.cutover_requested(); });
            control.clear_cutover_request();
            control.record(Severity::warning, "cutover", "", "taken back");
            ++requests;
        }
    });
    auto service = house.open();
    service->command(house.id, Trigger::cutover);
    REQUIRE(eventually([&] { return requests == 1; }, 20s));
    CHECK_FALSE(house.stored_request());
    service->command(house.id, Trigger::cutover);
    REQUIRE(eventually([&] { return requests == 2; }, 20s));
    service->command(house.id, Trigger::pause);
    CHECK_FALSE(service->wait(house.id).report.cutover.requested);
    CHECK(house.events("cutover requested") == 2);
}

TEST_CASE("what a step records is stored with the job as the step has it") {
    House house;
    std::atomic<bool> go_on{false};
    house.in_data_step([&](RunControl& control) {
        control.record(Severity::info, "data.run", "shop.orders", "about to do it");
        wait_for(control, [&] { return go_on.load(); });
    });
    auto service = house.open();
    REQUIRE(service->recover(house.id));
    REQUIRE(eventually([&] { return house.events("about to do it") == 1; }, 20s));
    service->command(house.id, Trigger::cutover);
    CHECK(house.stored_request());
    CHECK(house.store.load(house.id)->updated > WallTime{});
    go_on = true;
    service->wait(house.id);
}

TEST_CASE("a record that can't be stored is an error for the step, which does not act then") {
    House house;
    std::atomic<bool> acted{false};
    house.in_data_step([&](RunControl& control) {
        house.store.broken = true;
        control.record(Severity::info, "cutover", "", "about to do it");
        acted = true;
    });
    auto service = house.open();
    REQUIRE(service->recover(house.id));
    CHECK(service->wait(house.id).state == JobState::data_running);
    CHECK_FALSE(acted);
}

TEST_CASE("a request that can't be stored is refused and not passed on") {
    House house;
    std::atomic<bool> seen{false};
    house.in_data_step([&](RunControl& control) {
        wait_for(control, [&] { return seen = control.cutover_requested(), seen.load(); });
    });
    auto service = house.open();
    REQUIRE(service->recover(house.id));
    house.store.broken = true;
    CHECK_THROWS_AS(service->command(house.id, Trigger::cutover), Error);
    std::this_thread::sleep_for(20ms);
    CHECK_FALSE(seen);
    house.store.broken = false;
}

TEST_CASE("a cutover is refused with its reason where there is none to ask for") {
    using Catch::Contains;
    {
        House house(CutoverMode::none);
        CHECK_THAT(refusal(*house.open(), house.id), Contains("no cutover"));
    }
    {
        House house(CutoverMode::automatic);
        CHECK_THAT(refusal(*house.open(), house.id), Contains("by itself"));
    }
    const std::pair<JobState, const char*> cases[] = {
        {JobState::ready, "yet"},           {JobState::schema_applying, "yet"}, {JobState::paused, "PAUSED"},
        {JobState::data_failed, "FAILED"},  {JobState::cutting_over, "already"}, {JobState::finalizing, "already"},
        {JobState::done, "at its end"},     {JobState::cancelled, "at its end"}, {JobState::rolling_back, "ROLLING_BACK"},
    };
    for (const auto& [state, words] : cases) {
        CAPTURE(to_string(state));
        House house(CutoverMode::manual, state);
        auto service = house.open();
        CHECK_THAT(refusal(*service, house.id), Contains(words));
        CHECK(house.store.load(house.id)->state == state);
        CHECK_FALSE(house.stored_request());
    }
    House house;
    CHECK_THROWS_AS(house.open()->command(JobId("nope"), Trigger::cutover), Error);
}

#include "orchestrator/service/job_service.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "orchestrator/plan/error.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/orchestrator/fakes.hpp"

using namespace transload;
using namespace std::chrono_literals;
using test::eventually;
using test::FakePorts;
using test::MemoryStore;
using test::RealClock;

namespace {

struct House {
    MemoryStore store;
    RealClock clock;
    FakePorts fake;

    std::unique_ptr<JobService> open(unsigned concurrent = 2) {
        return std::make_unique<JobService>(fake.ports(), store, clock, std::vector<EventSink*>{},
                                            ServiceOptions{concurrent, "."});
    }
    static JobSpec quick() {
        JobSpec spec;
        spec.retry = {3, 1ms, 2ms};
        return spec;
    }
};

/// Blocks like a long copy does, until the job is to stop.
void work_until_stopped(RunControl& control) {
    while (true) {
        control.check();
        std::this_thread::sleep_for(1ms);
    }
}

/// The tables are planned again when the job leaves the queue, in which it may have waited for hours.
const std::vector<std::string> whole_run{
    "plan",      "inspect",  "plan",               "generate",   "apply pre",    "compare pre",
    "configure", "transfer", "validate at fake:1", "native commit", "apply post", "compare post", "forget data",
    "forget schema"};

}  // namespace

TEST_CASE("a job runs from its submission to DONE by itself, calling each port once and in order") {
    House house;
    auto service = house.open();
    const Job submitted = service->submit(House::quick(), true);
    const Job job = service->wait(submitted.id);
    CHECK(job.state == JobState::done);
    CHECK(job.report.rows_copied == 7);
    CHECK(house.fake.calls() == whole_run);
    const auto events = service->events(job.id, 0, 1000);
    REQUIRE(!events.empty());
    for (std::size_t i = 0; i < events.size(); ++i) CHECK(events[i].sequence == i + 1);
    CHECK(events.back().state == JobState::done);
}

TEST_CASE("a job that is not to start by itself waits in READY until it is told") {
    House house;
    auto service = house.open();
    const Job job = service->submit(House::quick(), false);
    CHECK(service->wait(job.id).state == JobState::ready);
    service->command(job.id, Trigger::start);
    CHECK(service->wait(job.id).state == JobState::done);
}

TEST_CASE("a finding of severity error refuses the job before anything is touched") {
    House house;
    house.fake.preflight_findings = {{"x.y", Severity::error, "shop.orders", "no", "do this"}};
    auto service = house.open();
    const Job job = service->wait(service->submit(House::quick(), true).id);
    CHECK(job.state == JobState::preflight_failed);
    REQUIRE(job.failure);
    CHECK(job.failure->id == "x.y");
    CHECK(job.failure->remedy == "do this");
    CHECK(house.fake.calls() == std::vector<std::string>{"plan", "inspect"});
}

TEST_CASE("a transient error is tried again as often as the policy says and no more") {
    House house;
    std::atomic<int> failures{2};
    house.fake.on_call = [&](const std::string& call, RunControl&) {
        if (call == "transfer" && failures-- > 0)
            throw Error(ErrorKind::transient, "mysql.connection_lost", "target", "gone", "retry");
    };
    auto service = house.open();
    CHECK(service->wait(service->submit(House::quick(), true).id).state == JobState::done);
    failures = 3;
    const Job failed = service->wait(service->submit(House::quick(), true).id);
    CHECK(failed.state == JobState::data_failed);
    CHECK(failed.failure->step == "data.run");
    CHECK(failed.failure->object == "target");
}

TEST_CASE("attempts count anew after a job has followed for long enough, and not where it does not follow") {
    House house;
    const bool follows = GENERATE(true, false);
    int failures = 7;
    house.fake.on_call = [&](const std::string& call, RunControl& control) {
        if (call != "transfer" || failures-- <= 0) return;
        StreamProgress progress;
        progress.phase = follows ? "following" : "catching up";
        control.stream(progress);
        house.clock.ahead = house.clock.ahead.load() + std::chrono::minutes(10);
        throw Error(ErrorKind::transient, "mysql.connection_lost", "target", "gone", "retry");
    };
    auto service = house.open();
    CHECK(service->wait(service->submit(House::quick(), true).id).state == (follows ? JobState::done : JobState::data_failed));
}

TEST_CASE("retry continues with the step that failed and not before it") {
    House house;
    std::atomic<bool> broken{true};
    house.fake.on_call = [&](const std::string& call, RunControl&) {
        if (call == "apply post" && broken) throw Error(ErrorKind::failed, "schema.x", "view v", "no", "mend it");
    };
    auto service = house.open();
    const Job failed = service->wait(service->submit(House::quick(), true).id);
    REQUIRE(failed.state == JobState::finalize_failed);
    const std::size_t before = house.fake.calls().size();
    broken = false;
    service->command(failed.id, Trigger::retry);
    CHECK(service->wait(failed.id).state == JobState::done);
    const auto calls = house.fake.calls();
    CHECK(std::vector(calls.begin() + static_cast<std::ptrdiff_t>(before), calls.end()) ==
          std::vector<std::string>{"plan", "native commit", "apply post", "compare post", "forget data", "forget schema"});
}

TEST_CASE("mismatches fail the job in VALIDATION_FAILED with their number") {
    House house;
    house.fake.mismatches = 3;
    auto service = house.open();
    const Job job = service->wait(service->submit(House::quick(), true).id);
    CHECK(job.state == JobState::validation_failed);
    CHECK(job.failure->message.find('3') != std::string::npos);
    CHECK(job.failure->id == "validation.mismatch");
}

TEST_CASE("an unexpected exception fails the job and not the orchestrator") {
    House house;
    house.fake.on_call = [](const std::string& call, RunControl&) {
        if (call == "configure") throw std::runtime_error("surprise");
    };
    auto service = house.open();
    const Job job = service->wait(service->submit(House::quick(), true).id);
    CHECK(job.state == JobState::data_config_failed);
    CHECK(job.failure->message == "surprise");
}

TEST_CASE("cancel and pause stop a running step, and resume goes on in the state that was left") {
    House house;
    std::atomic<bool> block{true};
    house.fake.on_call = [&](const std::string& call, RunControl& control) {
        if (call == "transfer" && block) work_until_stopped(control);
    };
    auto service = house.open();
    const JobId id = service->submit(House::quick(), true).id;
    REQUIRE(eventually([&] { return service->get(id).state == JobState::data_running; }, 20s));
    service->command(id, Trigger::pause);
    const Job paused = service->wait(id);
    CHECK(paused.state == JobState::paused);
    CHECK(paused.resume_state == JobState::data_running);
    block = false;
    service->command(id, Trigger::resume);
    CHECK(service->wait(id).state == JobState::done);

    block = true;
    const JobId other = service->submit(House::quick(), true).id;
    REQUIRE(eventually([&] { return service->get(other).state == JobState::data_running; }, 20s));
    service->command(other, Trigger::cancel);
    CHECK(service->wait(other).state == JobState::cancelled);
    service->command(other, Trigger::rollback);
    CHECK(service->wait(other).state == JobState::rolled_back);
    CHECK(house.fake.calls().back() == "forget schema");
}

TEST_CASE("jobs over the limit wait in PENDING, can be cancelled there, and run when there is room") {
    House house;
    std::atomic<bool> block{true};
    std::atomic<int> at_work{0}, most{0};
    house.fake.on_call = [&](const std::string& call, RunControl& control) {
        if (call != "transfer") return;
        most = std::max(most.load(), ++at_work);
        while (block) {
            control.check();
            std::this_thread::sleep_for(1ms);
        }
        --at_work;
    };
    auto service = house.open(2);
    std::vector<JobId> ids;
    for (int i = 0; i < 5; ++i) {
        JobSpec spec = House::quick();
        spec.target.host = "host-" + std::to_string(i);
        ids.push_back(service->submit(spec, true).id);
    }
    const auto count = [&](JobState state) {
        int found = 0;
        for (const JobId& id : ids) found += service->get(id).state == state;
        return found;
    };
    REQUIRE(eventually([&] { return count(JobState::data_running) == 2 && count(JobState::pending) == 3; }, 20s));
    JobId waiting;
    for (const JobId& id : ids)
        if (service->get(id).state == JobState::pending) waiting = id;
    service->command(waiting, Trigger::cancel);
    CHECK(service->get(waiting).state == JobState::cancelled);
    block = false;
    for (const JobId& id : ids) service->wait(id);
    CHECK(count(JobState::done) == 4);
    CHECK(most == 2);
}

TEST_CASE("two jobs never fill the same tables: of those that are posted at once one runs, and the others say which") {
    House house;
    std::atomic<bool> block{true};
    house.fake.on_call = [&](const std::string& call, RunControl& control) {
        while (call == "transfer" && block) {
            control.check();
            std::this_thread::sleep_for(1ms);
        }
    };
    auto service = house.open(3);
    std::vector<JobId> ids;
    for (int i = 0; i < 3; ++i) ids.push_back(service->submit(House::quick(), true).id);
    const JobId later = service->submit(House::quick(), false).id;
    const auto in = [&](JobState state) {
        std::vector<JobId> found;
        for (const JobId& id : ids)
            if (service->get(id).state == state) found.push_back(id);
        return found;
    };
    REQUIRE(eventually([&] { return in(JobState::data_running).size() == 1 && in(JobState::preflight_failed).size() == 2; }, 20s));
    const Job running = service->get(in(JobState::data_running).front());
    const Job refused = service->get(in(JobState::preflight_failed).front());
    REQUIRE(refused.failure);
    CHECK(refused.failure->id == "job.tables_taken");
    CHECK(refused.failure->object == "shop.orders");
    CHECK_THAT(refused.failure->message, Catch::Contains(running.id.str()));
    REQUIRE(service->wait(later).state == JobState::ready);
    CHECK_THROWS_WITH(service->command(later, Trigger::start), Catch::Contains("is filling shop.orders"));
    CHECK(service->get(later).state == JobState::ready);
    block = false;
    CHECK(service->wait(running.id).state == JobState::done);
    service->command(later, Trigger::start);
    CHECK(service->wait(later).state == JobState::done);
}

TEST_CASE("of jobs that were to start when the orchestrator was killed only one fills the same tables") {
    House house;
    house.fake.on_call = [](const std::string& call, RunControl& control) {
        if (call == "transfer") work_until_stopped(control);
    };
    std::vector<JobId> ids;
    for (const char* name : {"20260101-000000-00000001", "20260101-000000-00000002"}) {
        Job job;
        job.id = JobId(name);
        job.spec = House::quick();
        job.spec.start = true;
        job.state = JobState::ready;
        job.report.tables.emplace_back().target_name = "shop.orders";
        house.store.create(job);
        ids.push_back(job.id);
    }
    auto service = house.open(2);
    (void)service->recover();
    const auto in = [&](JobState state) { return std::count_if(ids.begin(), ids.end(), [&](const JobId& id) { return service->get(id).state == state; }); };
    CHECK(eventually([&] { return in(JobState::data_running) == 1 && in(JobState::preflight_failed) == 1; }, 20s));
}

TEST_CASE("a shutdown keeps the state and the next orchestrator resumes it with its own view") {
    House house;
    std::atomic<bool> block{true};
    house.fake.on_call = [&](const std::string& call, RunControl& control) {
        if (call.starts_with("validate") && block) work_until_stopped(control);
    };
    JobId id;
    {
        auto service = house.open();
        id = service->submit(House::quick(), true).id;
        REQUIRE(eventually([&] { return service->get(id).state == JobState::validating; }, 20s));
    }
    CHECK(house.store.load(id)->state == JobState::validating);
    block = false;
    auto service = house.open();
    CHECK(service->recover() == std::vector<JobId>{id});
    CHECK(service->wait(id).state == JobState::done);
    // The second run had no view: it asked the engine for one before it validated.
    const auto calls = house.fake.calls();
    CHECK(std::count(calls.begin(), calls.end(), "transfer") == 2);
}

TEST_CASE("commands that a state does not know are refused, unknown jobs are named") {
    House house;
    auto service = house.open();
    const JobId id = service->submit(House::quick(), true).id;
    service->wait(id);
    for (const Trigger trigger : {Trigger::retry, Trigger::resume, Trigger::start, Trigger::cancel, Trigger::done}) {
        try {
            service->command(id, trigger);
            FAIL("accepted");
        } catch (const Error& error) {
            CHECK(error.id() == "job.not_allowed");
        }
    }
    CHECK_THROWS_AS(service->get(JobId("nope")), Error);
    CHECK_THROWS_AS(service->get(JobId("../etc/passwd")), Error);
}

TEST_CASE("a store that can't be written leaves the job where it was") {
    House house;
    house.fake.on_call = [&](const std::string& call, RunControl&) {
        if (call == "transfer") house.store.broken = true;
    };
    auto service = house.open();
    const JobId id = service->submit(House::quick(), true).id;
    CHECK(service->wait(id).state == JobState::data_running);
    house.store.broken = false;
    house.fake.on_call = [](const auto&, auto&) {};
    CHECK(service->recover(id));
    CHECK(service->wait(id).state == JobState::done);
}

TEST_CASE("a cancelled job can't be rolled back once a later one was finished in the same database") {
    House house;
    std::atomic<bool> block{true};
    house.fake.on_call = [&](const std::string& call, RunControl& control) {
        if (call == "transfer" && block) work_until_stopped(control);
    };
    auto service = house.open();
    JobSpec spec = House::quick();
    spec.databases = {{"shop", "shop"}};
    const JobId cancelled = service->submit(spec, true).id;
    REQUIRE(eventually([&] { return service->get(cancelled).state == JobState::data_running; }, 20s));
    service->command(cancelled, Trigger::cancel);
    REQUIRE(service->wait(cancelled).state == JobState::cancelled);
    block = false;
    JobSpec elsewhere = spec;
    elsewhere.databases = {{"shop", "other"}};
    service->wait(service->submit(elsewhere, true).id);
    REQUIRE(service->wait(service->submit(spec, true).id).state == JobState::done);
    CHECK_THROWS_AS(service->command(cancelled, Trigger::rollback), Error);
    CHECK(service->get(cancelled).state == JobState::cancelled);
    const auto calls = house.fake.calls();
    CHECK(std::count(calls.begin(), calls.end(), "drop created") == 0);
}

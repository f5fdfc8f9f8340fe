#include <catch2/catch.hpp>
#include <thread>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/service/job_service.hpp"
#include "orchestrator/service/rehearsal.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/orchestrator/fakes.hpp"

using namespace transload;
using namespace std::chrono_literals;
using test::eventually;
using test::FakePorts;
using test::MemoryStore;
using test::RealClock;

namespace {

/// A job that stands in its data step, for as long as the test likes.
struct House {
    MemoryStore store;
    RealClock clock;
    FakePorts fake;
    JobId id{"job-1"};
    std::atomic<std::uint64_t> rows_per_second{0};
    std::atomic<bool> working{false};

    explicit House(JobState state = JobState::data_running) {
        Job job;
        job.id = id;
        job.state = state;
        job.spec.engine = EngineChoice::native;
        job.spec.cutover.mode = CutoverMode::manual;
        job.spec.retry = {1, 1ms, 1ms};
        store.create(job);
        fake.on_call = [this](const std::string& call, RunControl& control) {
            if (call != "transfer") return;
            while (true) {
                control.check();
                if (const auto limits = control.limits()) rows_per_second = limits->rows_per_second;
                control.stream({"following", 40, 1000, 1, 2, 3, 4, 5, 0, 0, -1, "log:7"});
                working = true;
                std::this_thread::sleep_for(1ms);
            }
        };
    }
    std::unique_ptr<JobService> open() {
        return std::make_unique<JobService>(fake.ports(), store, clock, std::vector<EventSink*>{}, ServiceOptions{1, "."});
    }
    [[nodiscard]] bool told(const std::string& part) const {
        for (const Event& event : store.events(id, 0, 1000))
            if (event.message.find(part) != std::string::npos) return true;
        return false;
    }
};

Limits wanted(std::uint64_t rows) {
    Limits limits;
    limits.rows_per_second = rows;
    limits.workers = 60;  // is not changed while a job runs
    return limits;
}

std::string first_id(const Findings& findings) { return findings.empty() ? "" : findings[0].id; }

}  // namespace

TEST_CASE("a running job obeys other limits while it runs, and they outlive it") {
    House house;
    {
        auto service = house.open();
        REQUIRE(service->recover(house.id));
        REQUIRE(eventually([&] { return house.working.load(); }, 20s));
        const Job changed = service->set_limits(house.id, wanted(123));
        CHECK(changed.spec.limits.rows_per_second == 123);
        CHECK(changed.spec.limits.workers == 4);
        CHECK(eventually([&] { return house.rows_per_second == 123; }, 10s));
        CHECK(house.told("rows_per_second 123"));
        // The runner stores the job with its next change of state: what it holds is not what is stored.
        service->command(house.id, Trigger::pause);
        CHECK(service->wait(house.id).spec.limits.rows_per_second == 123);
    }
    CHECK(house.store.load(house.id)->spec.limits.rows_per_second == 123);
    CHECK(house.store.load(house.id)->spec.limits.workers == 4);
}

TEST_CASE("a record of the running step does not take changed limits back") {
    House house;
    std::atomic<bool> changed{false}, recorded{false};
    house.fake.on_call = [&](const std::string& call, RunControl& control) {
        if (call != "transfer") return;
        house.working = true;
        while (!changed) control.sleep(1ms);
        control.record(Severity::info, "data.run", "", "a line of the journal");
        recorded = true;
        while (true) control.sleep(1ms);
    };
    auto service = house.open();
    REQUIRE(service->recover(house.id));
    REQUIRE(eventually([&] { return house.working.load(); }, 20s));
    (void)service->set_limits(house.id, wanted(9));
    changed = true;
    REQUIRE(eventually([&] { return recorded.load(); }, 20s));
    CHECK(house.store.load(house.id)->spec.limits.rows_per_second == 9);
}

TEST_CASE("limits of a job at its end are refused") {
    House house(JobState::done);
    auto service = house.open();
    CHECK_THROWS_AS(service->set_limits(house.id, wanted(1)), Error);
    CHECK_THROWS_AS(service->set_limits(JobId{"nobody"}, wanted(1)), Error);
}

TEST_CASE("what another process asks for is obeyed and then forgotten") {
    House house;
    auto service = house.open();
    REQUIRE(service->recover(house.id));
    REQUIRE(eventually([&] { return house.working.load(); }, 20s));
    house.store.ask_limits(house.id, wanted(77));
    CHECK(eventually([&] { return house.rows_per_second == 77; }, 10s));
    CHECK(eventually([&] { return house.store.requests(house.id).empty(); }, 10s));
    house.store.ask_command(house.id, Trigger::finish);  // not in this state
    CHECK(eventually([&] { return house.told("refused: finish"); }, 10s));
    house.store.ask_command(house.id, Trigger::pause);
    CHECK(eventually([&] { return service->get(house.id).state == JobState::paused; }, 10s));
    CHECK(eventually([&] { return house.store.requests(house.id).empty(); }, 10s));
}

TEST_CASE("how a job follows is known while it runs and not afterwards") {
    House house;
    auto service = house.open();
    CHECK(service->stream(house.id).phase.empty());
    REQUIRE(service->recover(house.id));
    CHECK(eventually([&] { return service->stream(house.id).phase == "following"; }, 20s));
    CHECK(service->stream(house.id).position == "log:7");
    service->command(house.id, Trigger::pause);
    service->wait(house.id);
    CHECK(service->stream(house.id).phase.empty());
}

TEST_CASE("a rehearsal names what is in the way of a cutover and stops no writes") {
    House house;
    Job job = *house.store.load(house.id);
    job.report.validation.level = "checksum";
    StreamProgress stream{"following", 40};
    CHECK(rehearse_cutover(job, stream, house.fake).empty());
    stream.lag_ms = 1'001;
    CHECK(first_id(rehearse_cutover(job, stream, house.fake)) == "rehearsal.lag");
    stream.phase = "catching up";
    stream.seconds_to_caught_up = 90;
    const Findings late = rehearse_cutover(job, stream, house.fake);
    CHECK(first_id(late) == "rehearsal.not_caught_up");
    CHECK(late[0].message.find("90.0 s") != std::string::npos);
    CHECK(first_id(rehearse_cutover(job, StreamProgress{}, house.fake)) == "rehearsal.not_following");
    const Findings elsewhere = rehearse_cutover(job, std::nullopt, house.fake);
    CHECK(first_id(elsewhere) == "rehearsal.stream_unknown");
    CHECK_FALSE(has_errors(elsewhere));

    stream = {"following", 0};
    Job other = job;
    other.report.validation.level.clear();
    CHECK(first_id(rehearse_cutover(other, stream, house.fake)) == "rehearsal.not_validated");
    other.report.validation = {"checksum", "p", 3, 0, {}};
    CHECK(first_id(rehearse_cutover(other, stream, house.fake)) == "rehearsal.mismatches");
    other = job;
    other.state = JobState::paused;
    CHECK(first_id(rehearse_cutover(other, stream, house.fake)) == "rehearsal.state");
    other = job;
    other.spec.cutover.mode = CutoverMode::none;
    CHECK(has_errors(rehearse_cutover(other, stream, house.fake)));
    CHECK_FALSE(house.fake.writes_stopped);

    house.fake.on_call = [](const std::string& call, RunControl&) {
        if (call == "look") throw Error(ErrorKind::refused, "cutover.privilege", "source", "no rights", "grant them");
    };
    const Findings refused = rehearse_cutover(job, stream, house.fake);
    REQUIRE(refused.size() == 1);
    CHECK(refused[0].id == "cutover.privilege");
    CHECK(refused[0].remedy == "grant them");
}

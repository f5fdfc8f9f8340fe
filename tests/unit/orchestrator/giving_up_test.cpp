#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/support/process.hpp"
#include "tests/unit/orchestrator/cutover_house.hpp"

using namespace transload;
using namespace std::chrono_literals;
using test::eventually;

/// Commands and faults around the moment in which the target takes over: one side has to take the writes, and no command
/// may leave a job where neither does.
namespace {

struct House : test::CutoverHouse {
    House() {
        spec.engine = EngineChoice::native;
        spec.cutover.reverse = true;
    }
    [[nodiscard]] JobService open() { return JobService(fake.ports(), store, clock, {}, {1, "."}); }
    [[nodiscard]] bool said(const JobId& id, const std::string& part) const {
        const auto events = store.events(id, 0, 10'000);
        return std::any_of(events.begin(), events.end(),
                           [&](const Event& event) { return event.message.find(part) != std::string::npos; });
    }
};

std::string refusal_of(JobService& service, const JobId& id, Trigger command) {
    try {
        (void)service.command(id, command);
        return "";
    } catch (const Error& error) {
        return error.message();
    }
}

}  // namespace

TEST_CASE("a hand-over that is told again after a kill, and fails then, leaves the source without writes until it succeeds") {
    House house;
    house.spec.cutover.reverse = false;
    Job job;
    job.id = JobId("20260101-000000-00000001");
    job.spec = house.spec;
    job.state = JobState::cutting_over;
    job.report.tables.emplace_back().target_name = "shop.orders";
    job.report.cutover.state = WriteStopState::telling;
    house.fake.writes_stopped = true;
    house.store.create(job);
    house.fail_at("tell cutover", ErrorKind::failed, "cutover.hand_over", 1);
    JobService service = house.open();
    REQUIRE(service.recover(job.id));
    const Job failed = service.wait(job.id);
    CHECK(failed.state == JobState::cutover_failed);
    CHECK(failed.report.cutover.state == WriteStopState::telling);
    CHECK(house.count("release writes") == 0);
    CHECK(house.fake.writes_stopped);
    CHECK(refusal_of(service, job.id, Trigger::cancel).find("can't be given up") != std::string::npos);
    (void)service.command(job.id, Trigger::retry);
    CHECK(service.wait(job.id).state == JobState::done);
    CHECK(house.count("tell cutover") == 2);
}

TEST_CASE("a cancel is obeyed up to the moment in which the world is told, and refused from then on") {
    const bool in_time = GENERATE(true, false);
    House house;
    JobService service = house.open();
    std::string refusal;
    std::atomic<bool> cancelled = false;
    house.fake.on_call = [&](const std::string& call, RunControl&) {
        if (call != (in_time ? "back: follow" : "tell cutover") || cancelled.exchange(true)) return;
        refusal = refusal_of(service, house.store.list().front().id, Trigger::cancel);
    };
    const JobId id = service.submit(house.spec, true).id;
    if (in_time) {
        CHECK(service.wait(id).state == JobState::cancelled);
        CHECK(refusal.empty());
        CHECK(house.count("tell cutover") == 0);
        CHECK_FALSE(house.fake.writes_stopped);
        return;
    }
    CHECK(eventually([&] { return service.get(id).state == JobState::reversing; }, 10s));
    CHECK(refusal.find("can't be given up") != std::string::npos);
    CHECK(house.fake.writes_stopped);
    CHECK(refusal_of(service, id, Trigger::cancel) != "");
    (void)service.command(id, Trigger::finish);
    CHECK(eventually([&] { return service.get(id).state == JobState::done; }, 10s));
}

TEST_CASE("a job whose write stop can't be taken back is not given up, but failed with the reason") {
    House house;
    JobService service = house.open();
    const JobId id = [&] {
        house.fake.on_call = [&, told = std::make_shared<std::atomic<bool>>()](const std::string& call, RunControl&) {
            if (call == "native drain" && !told->exchange(true)) (void)service.command(house.store.list().front().id, Trigger::cancel);
            if (call == "release writes") throw Error(ErrorKind::transient, "mysql.gone", "source", "gone", "wait");
        };
        return service.submit(house.spec, true).id;
    }();
    const Job job = service.wait(id);
    CHECK(job.state == JobState::cutover_failed);
    REQUIRE(job.failure);
    CHECK(job.failure->id == "cutover.stop_kept");
    CHECK(house.fake.writes_stopped);
    CHECK(refusal_of(service, id, Trigger::cancel).find("write stop") != std::string::npos);
    house.fake.on_call = [](const std::string&, RunControl&) {};
    (void)service.command(id, Trigger::rollback);
    CHECK(service.wait(id).state == JobState::rolled_back);
    CHECK_FALSE(house.fake.writes_stopped);
}

TEST_CASE("finish after a cut back that could not be undone gives the target its writers back") {
    House house;
    JobService service = house.open();
    const JobId id = service.submit(house.spec, true).id;
    REQUIRE(eventually([&] { return service.get(id).state == JobState::reversing; }, 10s));
    house.fake.on_call = [](const std::string& call, RunControl&) {
        if (call == "back: native drain" || call == "release the target's writes")
            throw Error(ErrorKind::failed, "mysql.gone", "target", "gone", "wait");
    };
    (void)service.command(id, Trigger::rollback);
    REQUIRE(eventually([&] { return service.get(id).state == JobState::cut_back_failed; }, 10s));
    CHECK(house.fake.target_stopped);
    house.fake.on_call = [](const std::string&, RunControl&) {};
    (void)service.command(id, Trigger::finish);
    CHECK(service.wait(id).state == JobState::done);
    CHECK_FALSE(house.fake.target_stopped);
    CHECK(house.fake.writes_stopped);
}

TEST_CASE("a source that has forgotten its write stop while it is the way back is stopped again, and that is said") {
    House house;
    JobService service = house.open();
    const JobId id = service.submit(house.spec, true).id;
    REQUIRE(eventually([&] { return service.get(id).state == JobState::reversing; }, 10s));
    const std::size_t before = house.count("admit stream");
    house.fake.writes_stopped = false;
    CHECK(eventually([&] { return house.count("admit stream") > before; }, 20s));
    CHECK(eventually([&] { return house.said(id, "it takes writes again") && house.said(id, "takes no writes again"); }, 10s));
    house.fake.writes_stopped = true;
    (void)service.command(id, Trigger::finish);
    CHECK(service.wait(id).state == JobState::done);
}

TEST_CASE("a source that can't be stopped again while it is the way back is told of once, not at every look") {
    House house;
    JobService service = house.open();
    const JobId id = service.submit(house.spec, true).id;
    REQUIRE(eventually([&] { return service.get(id).state == JobState::reversing; }, 10s));
    std::atomic<int> tries = 0;
    house.fake.on_call = [&](const std::string& call, RunControl&) {
        if (call != "admit stream") return;
        ++tries;
        throw Error(ErrorKind::failed, "cutover.can't_write", "source", "no right", "grant it");
    };
    house.fake.writes_stopped = false;
    REQUIRE(eventually([&] { return tries >= 2; }, 60s));
    const auto events = service.events(id, 0, 10'000);
    CHECK(std::count_if(events.begin(), events.end(), [](const Event& event) { return event.message.find("could not be stopped again") == 0; }) == 1);
    house.fake.writes_stopped = true;
    (void)service.command(id, Trigger::finish);
    CHECK(service.wait(id).state == JobState::done);
}

TEST_CASE("a full disk does not keep the source's writers waiting") {
    House house;
    house.fake.on_call = [&](const std::string& call, RunControl&) {
        if (call != "native drain") return;
        house.store.broken = true;
        throw Error(ErrorKind::failed, "test.broken", "source", "it broke", "mend it");
    };
    JobService service = house.open();
    const JobId id = service.submit(house.spec, true).id;
    (void)service.wait(id);
    CHECK(house.count("stop writes") == 1);
    CHECK_FALSE(house.fake.writes_stopped);
    // With room again the job goes on from what it could store last: that the writes are stopped.
    house.store.broken = false;
    house.fake.on_call = [](const std::string&, RunControl&) {};
    REQUIRE(service.recover(id));
    CHECK(eventually([&] { return service.get(id).state == JobState::reversing; }, 10s));
    CHECK(house.fake.writes_stopped);
    (void)service.command(id, Trigger::finish);
    CHECK(service.wait(id).state == JobState::done);
}

TEST_CASE("a retry in the moment in which a failed job closes what it had open is not lost") {
    House house;
    house.spec.cutover = {};
    std::atomic<int> transfers = 0;
    std::atomic<bool> leaving = false;
    house.fake.on_call = [&](const std::string& call, RunControl&) {
        if (call == "transfer" && ++transfers == 1) throw Error(ErrorKind::failed, "test.broken", "source", "it broke", "mend it");
    };
    struct SlowSink final : EventSink {
        std::atomic<bool>& leaving;
        explicit SlowSink(std::atomic<bool>& flag) : leaving(flag) {}
        void on_progress(const JobId&, const TableProgress&) override {}
        void on_event(const Event& event) override {
            if (event.state != JobState::data_failed || leaving.exchange(true)) return;
            std::this_thread::sleep_for(300ms);
        }
    } sink(leaving);
    JobService service(house.fake.ports(), house.store, house.clock, {&sink}, {1, "."});
    const JobId id = service.submit(house.spec, true).id;
    REQUIRE(eventually([&] { return leaving.load(); }, 10s));
    (void)service.command(id, Trigger::retry);
    CHECK(service.wait(id).state == JobState::done);
    CHECK(transfers == 2);
}

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/unit/orchestrator/cutover_house.hpp"

using namespace transload;
using namespace std::chrono_literals;

namespace {

/// A job with a cutover, whose table is carried by an engine that follows by itself.
struct House : test::CutoverHouse {
    House() {
        fake.engine = EngineChoice::shardingsphere;
        spec.engine = EngineChoice::automatic;
        spec.shardingsphere.proxies.emplace_back();
    }
};

}  // namespace

TEST_CASE("a cutover stops the writes, drains, checks, validates, commits and hands over, in this order") {
    House house;
    const Job job = house.run();
    CHECK(job.state == JobState::done);
    CHECK(job.report.engine == "shardingsphere");
    CHECK(job.report.cutover.state == WriteStopState::over);
    CHECK(job.report.cutover.position == "log:1");
    CHECK(house.place("follower transfer") < house.place("look"));
    CHECK(house.place("look") < house.place("stop writes"));
    CHECK(house.place("stop writes") < house.place("drain"));
    CHECK(house.place("drain") < house.place("check"));
    CHECK(house.place("check") < house.place("validate at now"));
    CHECK(house.place("validate at now") < house.place("commit"));
    CHECK(house.place("commit") < house.place("apply post"));
    CHECK(house.place("apply post") < house.place("follower forget"));
    CHECK(house.count("release writes") == 0);
    CHECK(house.fake.writes_stopped);
}

TEST_CASE("without a cutover the source is never stopped, and the engine is halted before both sides are compared") {
    House house;
    house.spec.cutover.mode = CutoverMode::none;
    const Job job = house.run();
    CHECK(job.state == JobState::done);
    CHECK(house.count("stop writes") == 0);
    CHECK(house.place("halt") < house.place("validate at now"));
    CHECK(house.place("halt") > house.place("check"));
}

TEST_CASE("whatever fails after the write stop, the source gets its writers back") {
    const auto call = GENERATE(as<std::string>(), "drain", "check", "validate at now", "commit", "apply post", "compare post");
    House house;
    house.fail_at(call, ErrorKind::failed);
    const Job job = house.run();
    CAPTURE(call);
    CHECK(is_failed(job.state));
    CHECK(job.report.cutover.state == WriteStopState::none);
    CHECK(job.report.cutover.withdrawn == 1);
    CHECK_FALSE(house.fake.writes_stopped);
    CHECK(job.failure->message == "it broke");
}

TEST_CASE("writers are not kept waiting while a transient error is waited out, and are stopped again afterwards") {
    House house;
    house.fail_at("drain", ErrorKind::transient, "test.broken", 1);
    const Job job = house.run();
    CHECK(job.state == JobState::done);
    CHECK(house.count("stop writes") == 2);
    CHECK(house.count("release writes") == 1);
    CHECK(job.report.cutover.withdrawn == 1);
}

TEST_CASE("a write stop that can't be taken back is said, and is tried again before anything else") {
    House house;
    int releases = 0;
    house.fake.on_call = [&](const std::string& call, RunControl&) {
        if (call == "check") throw Error(ErrorKind::failed, "test.broken", "", "it broke", "");
        if (call == "release writes" && releases++ == 0)
            throw Error(ErrorKind::transient, "test.gone", "source", "the source is away", "bring it back");
    };
    JobService service(house.fake.ports(), house.store, house.clock, {}, {1, "."});
    Job job = service.wait(service.submit(house.spec, true).id);
    CHECK(job.state == JobState::validation_failed);
    CHECK(job.report.cutover.state == WriteStopState::releasing);
    bool said = false;
    for (const Event& event : house.store.events(job.id, 0, 1000))
        said = said || (event.level == Severity::error && event.message.find("may still refuse writes") != std::string::npos);
    CHECK(said);

    house.fake.on_call = [](const auto&, auto&) {};
    service.command(job.id, Trigger::retry);
    job = service.wait(job.id);
    CHECK(job.state == JobState::done);
    CHECK(job.report.cutover.withdrawn == 1);
}

TEST_CASE("a job that failed after its tables were committed makes the target equal again before it goes on") {
    House house;
    house.fail_at("apply post", ErrorKind::failed, "test.broken", 1);
    JobService service(house.fake.ports(), house.store, house.clock, {}, {1, "."});
    Job job = service.wait(service.submit(house.spec, true).id);
    REQUIRE(job.state == JobState::finalize_failed);
    const std::size_t validated = house.count("validate at now");
    service.command(job.id, Trigger::retry);
    job = service.wait(job.id);
    CHECK(job.state == JobState::done);
    CHECK(house.count("stop writes") == 2);
    CHECK(house.count("validate at now") == validated + 1);
    CHECK(house.fake.last_repair);
}

TEST_CASE("a table that the engine's check finds different is carried once more, with the write stop held") {
    House house;
    house.fake.follower.different = {{"shop", "orders"}};
    const Job job = house.run();
    CHECK(job.state == JobState::done);
    CHECK(house.count("redo") == 1);
    CHECK(house.count("check") == 2);
    CHECK(house.count("release writes") == 0);
}

TEST_CASE("a table that validation finds different is carried once more, then the job fails with what differs") {
    House house;
    house.fake.mismatches = 3;
    const Job job = house.run();
    CHECK(job.state == JobState::validation_failed);
    CHECK(job.failure->id == "validation.mismatch");
    CHECK(house.count("redo") == 1);
    CHECK(house.count("validate at now") == 2);
    CHECK(job.report.cutover.state == WriteStopState::none);
}

TEST_CASE("a table that ShardingSphere can't carry goes to native where the choice was the job's, and fails it otherwise") {
    const bool automatic = GENERATE(true, false);
    House house;
    house.spec.engine = automatic ? EngineChoice::automatic : EngineChoice::shardingsphere;
    house.fail_at("follower transfer", ErrorKind::failed, "shardingsphere.table_failed");
    const Job job = house.run();
    if (automatic) {
        CHECK(job.state == JobState::done);
        CHECK(job.report.engine == "native");
        CHECK(house.count("give up") == 1);
        CHECK(house.place("configure") < house.place("transfer"));
        CHECK(house.count("transfer") >= 1);
    } else {
        CHECK(job.state == JobState::data_failed);
        CHECK(house.count("give up") == 0);
    }
}

TEST_CASE("a paused job halts the engine and gives the source back") {
    House house;
    JobService service(house.fake.ports(), house.store, house.clock, {}, {1, "."});
    JobId id;
    house.fake.on_call = [&](const std::string& call, RunControl& control) {
        if (call != "check") return;
        while (true) control.sleep(1ms);
    };
    id = service.submit(house.spec, true).id;
    while (house.count("check") == 0) std::this_thread::sleep_for(1ms);
    service.command(id, Trigger::pause);
    Job job = service.wait(id);
    CHECK(job.state == JobState::paused);
    CHECK(house.count("halt") == 1);
    CHECK(house.count("release writes") == 1);

    house.fake.on_call = [](const auto&, auto&) {};
    service.command(id, Trigger::resume);
    job = service.wait(id);
    CHECK(job.state == JobState::done);
    CHECK(job.report.cutover.state == WriteStopState::over);
}

TEST_CASE("an orchestrator that was killed with the source stopped goes on with the stop that it finds held") {
    House house;
    Job job;
    job.id = JobId("job-1");
    job.spec = house.spec;
    job.state = JobState::validating;
    job.report.cutover.state = WriteStopState::held;
    job.report.cutover.stopped_at = 1;
    TableReport& table = job.report.tables.emplace_back();
    table.name = "shop.orders";
    table.engine = "shardingsphere";
    house.store.create(job);
    house.fake.writes_stopped = true;
    JobService service(house.fake.ports(), house.store, house.clock, {}, {1, "."});
    REQUIRE(service.recover(job.id));
    job = service.wait(job.id);
    CHECK(job.state == JobState::done);
    CHECK(house.count("stop writes") == 0);
    CHECK(house.count("look") == 0);
    CHECK(job.report.cutover.state == WriteStopState::over);
}

TEST_CASE("a source that was restarted has forgotten its write stop: it is stopped and drained again") {
    House house;
    Job job;
    job.id = JobId("job-1");
    job.spec = house.spec;
    job.state = JobState::finalizing;
    job.report.cutover.state = WriteStopState::held;
    TableReport& table = job.report.tables.emplace_back();
    table.name = "shop.orders";
    table.engine = "shardingsphere";
    house.store.create(job);
    house.fake.writes_stopped = false;
    JobService service(house.fake.ports(), house.store, house.clock, {}, {1, "."});
    REQUIRE(service.recover(job.id));
    job = service.wait(job.id);
    CHECK(job.state == JobState::done);
    CHECK(house.count("stop writes") == 1);
    CHECK(house.place("stop writes") < house.place("drain"));
    CHECK(house.place("drain") < house.place("commit"));
    CHECK(house.count("validate at now") == 1);
}

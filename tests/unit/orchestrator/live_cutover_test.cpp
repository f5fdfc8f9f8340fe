#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/unit/orchestrator/cutover_house.hpp"

using namespace transload;
using namespace std::chrono_literals;

namespace {

/// A job with a cutover that the native engine carries.
struct House : test::CutoverHouse {
    House() { spec.engine = EngineChoice::native; }
    /// Runs to REVERSING, gives the command, and waits for the end.
    Job run_and(Trigger command) {
        JobService service(fake.ports(), store, clock, {}, {1, "."});
        const JobId id = service.submit(spec, true).id;
        for (int i = 0; i < 5'000 && service.get(id).state != JobState::reversing; ++i) std::this_thread::sleep_for(1ms);
        REQUIRE(service.get(id).state == JobState::reversing);
        (void)service.command(id, command);
        for (int i = 0; i < 5'000 && service.get(id).state == JobState::reversing; ++i) std::this_thread::sleep_for(1ms);
        return service.wait(id);
    }
};

}  // namespace

TEST_CASE("a live cutover compares both sides before the write stop, and has in it only what must be") {
    House house;
    const Job job = house.run();
    CHECK(job.state == JobState::done);
    CHECK(job.report.cutover.state == WriteStopState::over);
    CHECK(house.place("apply ahead") < house.place("stop writes"));
    CHECK(house.place("view of both") < house.place("stop writes"));
    CHECK(house.place("stop writes") < house.place("native drain"));
    CHECK(house.place("native drain") < house.place("check changes"));
    CHECK(house.place("check changes") < house.place("native commit"));
    CHECK(house.place("native commit") < house.place("apply at cutover"));
    CHECK(house.place("apply at cutover") < house.place("tell cutover"));
    CHECK(house.place("tell cutover") < house.place("apply post"));
    CHECK(house.count("native commit") == 1);
    CHECK(house.count("release writes") == 0);
    CHECK(house.count("view of both") == 1);
    CHECK(house.fake.writes_stopped);
}

TEST_CASE("whatever breaks in the write stop, a target that was armed is disarmed before the source gets its writers back") {
    const std::vector<std::string> unarmed{"native drain", "check changes", "native commit"};
    const std::vector<std::string> armed{"apply at cutover", "admit stream", "back: follow", "tell cutover"};
    const bool arms = GENERATE(false, true);
    for (const std::string& broken : arms ? armed : unarmed) {
        CAPTURE(broken);
        House house;
        house.spec.cutover.reverse = true;
        house.fail_at(broken, ErrorKind::failed);
        const Job job = house.run();
        CHECK(job.state == JobState::cutover_failed);
        CHECK_FALSE(house.fake.writes_stopped);
        CHECK(job.report.cutover.state == WriteStopState::none);
        CHECK(job.report.cutover.withdrawn == 1);
        const auto calls = house.fake.calls();
        const auto released = std::find(calls.begin(), calls.end(), "release writes");
        REQUIRE(released != calls.end());
        const auto stopped = std::find(calls.begin(), calls.end(), "stop writes");
        CHECK((std::find(stopped, released, "withdraw at cutover") != released) == arms);
    }
}

TEST_CASE("killed while the world is told, the job only goes on: it tells again, and never opens the source") {
    House house;
    const JobId id = [&] {
        JobService service(house.fake.ports(), house.store, house.clock, {}, {1, "."});
        house.fail_at("tell cutover", ErrorKind::failed);
        const JobId made = service.submit(house.spec, true).id;
        (void)service.wait(made);
        return made;
    }();
    // As the journal stands when the process dies in the middle of it.
    Job job = *house.store.load(id);
    job.state = JobState::cutting_over;
    job.report.cutover.state = WriteStopState::telling;
    house.fake.writes_stopped = true;
    (void)house.store.commit(job, Event{});
    house.fake.on_call = [](const std::string&, RunControl&) {};
    const auto before = house.count("release writes");
    JobService service(house.fake.ports(), house.store, house.clock, {}, {1, "."});
    REQUIRE(service.recover(id));
    CHECK(service.wait(id).state == JobState::done);
    CHECK(house.count("tell cutover") == 2);
    CHECK(house.count("release writes") == before);
    CHECK(house.fake.writes_stopped);
}

TEST_CASE("rows that changed since the comparison and differ end the cutover with the source writable") {
    House house;
    house.fake.changed_and_different = std::vector<TableName>{{"shop", "orders"}};
    const Job job = house.run();
    CHECK(job.state == JobState::cutover_failed);
    REQUIRE(job.failure);
    CHECK(job.failure->id == "validation.mismatch");
    CHECK_FALSE(house.fake.writes_stopped);
    CHECK(house.count("apply at cutover") == 0);
}

TEST_CASE("when nobody knows what changed, both sides are compared again while they move, not in the write stop") {
    House house;
    house.fake.changed_and_different = std::nullopt;
    const Job job = house.run();
    CHECK(job.state == JobState::cutover_failed);
    CHECK(house.count("view of both") == 2);  // one for each attempt
    CHECK_FALSE(house.fake.writes_stopped);
}

TEST_CASE("a document that a view of the source shows wrongly is compared again at another position, and is no mismatch") {
    House house;
    house.fake.differing = [looks = 0]() mutable -> std::vector<Mismatch> {
        ++looks;
        if (looks > 2) return {};
        return {{MismatchKind::different, "shop.orders", "id=" + std::to_string(looks), "doc", "", "", false}};
    };
    const Job job = house.run();
    CHECK(job.state == JobState::done);
    CHECK(house.count("view of both") == 1);
    CHECK(house.count("view of some") == 2);
    CHECK(job.report.validation.mismatches == 0);
}

TEST_CASE("a document that differs twice does differ, and so does what is no document, at once") {
    const auto looks_until_it_fails = [](const std::string& column, MismatchKind kind) {
        House house;
        house.fake.differing = [=] { return std::vector<Mismatch>{{kind, "shop.orders", "id=1", column, "", "", false}}; };
        const Job job = house.run();
        CHECK(job.state == JobState::data_failed);
        REQUIRE(job.failure);
        CHECK(job.failure->id == "validation.mismatch");
        return house.count("view of both") + house.count("view of some");
    };
    CHECK(looks_until_it_fails("doc", MismatchKind::different) == 2);
    CHECK(looks_until_it_fails("id", MismatchKind::different) == 1);
    CHECK(looks_until_it_fails("", MismatchKind::missing) == 1);
}

TEST_CASE("documents that differ at every look, each time others, fail in the end") {
    House house;
    house.fake.differing = [looks = 0]() mutable {
        return std::vector<Mismatch>{
            {MismatchKind::different, "shop.orders", "id=" + std::to_string(++looks), "doc", "", "", false}};
    };
    CHECK(house.run().state == JobState::data_failed);
    CHECK(house.count("view of both") + house.count("view of some") == 6);
}

TEST_CASE("a table that can't be read in a view is read in another, and the others are not compared again") {
    House house;
    house.fake.looks_in_vain = 2;
    const Job job = house.run();
    CHECK(job.state == JobState::done);
    CHECK(house.count("view of both") == 1);
    CHECK(house.count("view of some") == 2);
    REQUIRE(job.report.tables.size() == 1);
    CHECK(job.report.validation.level == "checksum");
}

TEST_CASE("a table that can't be read in any view fails the job, with the reason") {
    House house;
    house.fake.looks_in_vain = 1000;
    const Job job = house.run();
    CHECK(job.state == JobState::data_failed);
    REQUIRE(job.failure);
    CHECK(job.failure->id == "validation.unseen");
    CHECK(job.failure->object == "shop.orders");
    CHECK_THAT(job.failure->message, Catch::Contains("made anew"));
}

TEST_CASE("a job that ends while it removes its records from the target only goes on with that") {
    for (const std::string last : {"forget data", "forget schema"}) {
        CAPTURE(last);
        House house;
        house.fail_at(last, ErrorKind::failed, "test.broken", 1);
        JobService service(house.fake.ports(), house.store, house.clock, {}, {1, "."});
        const JobId id = service.submit(house.spec, true).id;
        REQUIRE(service.wait(id).state == JobState::finalize_failed);
        CHECK(house.store.load(id)->report.finalized);
        (void)service.command(id, Trigger::retry);
        CHECK(service.wait(id).state == JobState::done);
        CHECK(house.count("apply post") == 1);
        CHECK(house.count("compare post") == 1);
        CHECK(house.count("forget schema") == (last == "forget schema" ? 2 : 1));
    }
}

TEST_CASE("a job that found rows different goes on with their repair where the retry asks for it") {
    House house;
    house.fake.mismatches = 3;
    JobService service(house.fake.ports(), house.store, house.clock, {}, {1, "."});
    const JobId id = service.submit(house.spec, true).id;
    REQUIRE(service.wait(id).state == JobState::data_failed);
    CHECK(house.count("view held") == 0);
    (void)service.retry_with_repair(id);
    CHECK(service.wait(id).state == JobState::data_failed);  // these rows stay different whatever is done
    CHECK(house.count("view held") == 1);
    CHECK(house.store.load(id)->spec.repair);
    house.fake.mismatches = 0;
    (void)service.command(id, Trigger::retry);
    CHECK(service.wait(id).state == JobState::done);
    CHECK_THROWS_AS(service.retry_with_repair(id), Error);
}

TEST_CASE("rows that differ while following are re-copied with the stream held where the job repairs") {
    House house;
    house.spec.repair = true;
    house.fake.mismatches = 3;
    const Job job = house.run();
    CHECK(house.count("view held") == 1);
    CHECK(job.state == JobState::data_failed);
    REQUIRE(job.failure);
    CHECK(job.failure->id == "validation.mismatch");
    CHECK(house.count("stop writes") == 0);
}

TEST_CASE("the way back runs from the hand-over until finish, which leaves the source without writes") {
    House house;
    house.spec.cutover.reverse = true;
    const Job job = house.run_and(Trigger::finish);
    CHECK(job.state == JobState::done);
    CHECK(house.place("back: configure") < house.place("stop writes"));
    CHECK(house.place("admit stream") < house.place("tell cutover"));
    CHECK(house.place("back: follow") < house.place("tell cutover"));
    CHECK(house.count("release writes") == 0);
    CHECK(house.fake.writes_stopped);
    CHECK_FALSE(house.fake.target_stopped);
    CHECK(job.report.cutover.reverse_position == "log:1");
}

TEST_CASE("what acts by itself on the source is set aside while it is kept as the way back, and comes back however that ends") {
    const Trigger end = GENERATE(Trigger::finish, Trigger::rollback);
    House house;
    house.spec.cutover.reverse = true;
    house.fake.source_programs = "triggers";
    std::string while_reversing;
    house.fake.on_call = [&](const std::string& call, RunControl&) {
        if (call == "tell cutover") while_reversing = house.fake.set_aside;
    };
    const Job job = house.run_and(end);
    CHECK(while_reversing == "triggers");
    CHECK(house.fake.set_aside.empty());
    CHECK(job.report.cutover.programs.empty());
    CHECK(house.count("end stream") == (end == Trigger::finish ? 1 : 0));
    // With its checkpoint a job that failed in between could follow on, under triggers that act.
    const auto calls = house.fake.calls();
    const auto ended = std::find(calls.begin(), calls.end(), "end stream");
    CHECK(std::find(ended, calls.end(), "back: forget data") == calls.end());
}

TEST_CASE("what was set aside on the source comes back when the cutover is withdrawn, and its record is stored before") {
    House house;
    house.spec.cutover.reverse = true;
    house.fake.source_programs = "triggers";
    std::string stored;
    house.fake.on_call = [&](const std::string& call, RunControl&) {
        if (call == "admit stream")
            for (const Job& job : house.store.list()) stored = job.report.cutover.programs;
        if (call == "back: follow") throw Error(ErrorKind::failed, "test.broken", "", "it broke", "mend it");
    };
    const Job job = house.run();
    CHECK(job.state == JobState::cutover_failed);
    CHECK(stored == "triggers");
    CHECK(house.fake.set_aside.empty());
    CHECK(job.report.cutover.programs.empty());
    CHECK_FALSE(house.fake.writes_stopped);
}

TEST_CASE("rollback after the hand-over stops the target, drains it to the source, and only then opens the source") {
    House house;
    house.spec.cutover.reverse = true;
    const Job job = house.run_and(Trigger::rollback);
    CHECK(job.state == JobState::rolled_back);
    CHECK(house.place("stop the target's writes") < house.place("back: native drain"));
    CHECK(house.place("back: native drain") < house.place("release writes"));
    CHECK(house.place("release writes") < house.place("tell cut back"));
    CHECK(house.count("drop created") == 0);
    CHECK_FALSE(house.fake.writes_stopped);
    CHECK(house.fake.target_stopped);
}

TEST_CASE("a way back that can't be gone to its end leaves the writers on the target") {
    House house;
    house.spec.cutover.reverse = true;
    house.fail_at("back: native drain", ErrorKind::failed);
    const Job job = house.run_and(Trigger::rollback);
    CHECK(job.state == JobState::cut_back_failed);
    CHECK_FALSE(house.fake.target_stopped);
    CHECK(house.fake.writes_stopped);
    CHECK(job.report.cut_back.state == WriteStopState::none);
}

TEST_CASE("a target that has taken over is not undone by rollback where the job has no way back") {
    House house;
    house.fail_at("apply post", ErrorKind::failed);
    JobService service(house.fake.ports(), house.store, house.clock, {}, {1, "."});
    const JobId id = service.submit(house.spec, true).id;
    REQUIRE(service.wait(id).state == JobState::finalize_failed);
    CHECK_THROWS_WITH(service.command(id, Trigger::rollback), Catch::Contains("the target has taken over"));
    CHECK(service.wait(id).state == JobState::finalize_failed);
    CHECK(house.count("drop created") == 0);
}

#include "adapters/sqlite/sqlite_job_store.hpp"

#include <limits>
#include <thread>

#include "orchestrator/codec/job_json.hpp"
#include "orchestrator/codec/spec_json.hpp"
#include "tests/unit/sqlite/store_fixture.hpp"

using namespace transload;
using test::error_id_of;
using test::sample_event;
using test::sample_job;
using test::StoreFixture;

TEST_CASE("a job comes back as it was, also from another process's view of the file") {
    StoreFixture fixture;
    Job job = sample_job("a");
    job.report.findings = {{"x", Severity::warning, "o", "m", "r"}};
    fixture.store.create(job);
    const sqlite::SqliteJobStore other(fixture.dir.path(), fixture.secrets);
    const auto loaded = other.load(JobId{"a"});
    REQUIRE(loaded.has_value());
    CHECK(json_text(job_to_json(*loaded)) == json_text(job_to_json(job)));
    CHECK(json_text(spec_to_json(loaded->spec)) == json_text(spec_to_json(job.spec)));
    CHECK(loaded->spec.source.password.reveal() == "pässword-of-source");
    CHECK(loaded->spec.target.password.reveal() == "pässword-of-target");
    CHECK(loaded->created == job.created);
    CHECK_FALSE(other.load(JobId{"b"}).has_value());
}

TEST_CASE("no file of the state folder holds a password") {
    StoreFixture fixture;
    fixture.store.create(sample_job("a"));
    for (const auto& entry : std::filesystem::directory_iterator(fixture.dir.path()))
        CHECK(test::read_file(entry.path()).find("ssword-of-") == std::string::npos);
}

TEST_CASE("an empty password stays empty") {
    StoreFixture fixture;
    Job job = sample_job("a");
    job.spec.source.password = Secret();
    fixture.store.create(job);
    CHECK(fixture.store.load(JobId{"a"})->spec.source.password.empty());
}

TEST_CASE("an id that is taken is refused and the first job stays") {
    StoreFixture fixture;
    fixture.store.create(sample_job("a"));
    Job second = sample_job("a");
    second.spec.databases = {{"other", "other"}};
    CHECK(error_id_of([&] { fixture.store.create(second); }) == "store.exists");
    CHECK(fixture.store.load(JobId{"a"})->spec.databases.at(0).source == "shop");
}

TEST_CASE("jobs are listed newest first") {
    StoreFixture fixture;
    fixture.store.create(sample_job("old", std::chrono::seconds{60}));
    fixture.store.create(sample_job("new"));
    fixture.store.create(sample_job("middle", std::chrono::seconds{30}));
    fixture.store.create(sample_job("newer-of-the-same-moment"));
    std::string ids;
    for (const Job& job : fixture.store.list()) ids += job.id.str() + " ";
    CHECK(ids == "newer-of-the-same-moment new middle old ");
}

TEST_CASE("state, failure, report and event are saved together") {
    StoreFixture fixture;
    Job job = sample_job("a");
    fixture.store.create(job);
    job.state = JobState::data_failed;
    job.resume_state = JobState::data_running;
    job.failure = Failure{JobState::data_failed, "data.run", "shop.t", "m", "r", "i"};
    job.report.rows_copied = 42;
    job.updated += std::chrono::seconds{5};
    CHECK(fixture.store.commit(job, sample_event("failed")).sequence == 1);
    auto loaded = fixture.store.load(job.id);
    CHECK(loaded->state == JobState::data_failed);
    CHECK(loaded->resume_state == JobState::data_running);
    CHECK(loaded->failure->object == "shop.t");
    CHECK(loaded->report.rows_copied == 42);
    CHECK(loaded->updated == job.updated);

    job.failure.reset();
    job.state = JobState::data_running;
    CHECK(fixture.store.commit(job, sample_event("again")).sequence == 2);
    loaded = fixture.store.load(job.id);
    CHECK_FALSE(loaded->failure.has_value());
    CHECK(loaded->spec.source.password.reveal() == "pässword-of-source");
}

TEST_CASE("a job that goes on with other options has them after a commit") {
    StoreFixture fixture;
    Job job = sample_job("a");
    fixture.store.create(job);
    job.spec.source.password = Secret("new one");
    job.spec.target.password = Secret();
    job.spec.limits.workers = 9;
    (void)fixture.store.commit(job, sample_event("amended"));
    const auto loaded = fixture.store.load(job.id);
    CHECK(loaded->spec.source.password.reveal() == "new one");
    CHECK(loaded->spec.target.password.empty());
    CHECK(loaded->spec.limits.workers == 9);
    CHECK(loaded->created == job.created);
}

TEST_CASE("a cutover that another process asks for waits until the job says that it is requested") {
    StoreFixture fixture;
    sqlite::SqliteJobStore other(fixture.dir.path(), fixture.secrets);
    Job job = sample_job("a");
    fixture.store.create(job);
    CHECK_FALSE(fixture.store.cutover_asked(job.id));
    other.ask_cutover(job.id);
    CHECK(fixture.store.cutover_asked(job.id));
    (void)fixture.store.commit(job, sample_event("the runner's own copy does not know of it"));
    CHECK(fixture.store.cutover_asked(job.id));
    job.report.cutover.requested = true;
    (void)fixture.store.commit(job, sample_event("requested"));
    CHECK_FALSE(fixture.store.cutover_asked(job.id));
    CHECK(fixture.store.load(job.id)->report.cutover.requested);
    CHECK(error_id_of([&] { other.ask_cutover(JobId{"nope"}); }) == "store.unknown_job");
    CHECK_FALSE(other.cutover_asked(JobId{"nope"}));
}

TEST_CASE("events are numbered per job from 1 and read back in pages") {
    StoreFixture fixture;
    fixture.store.create(sample_job("a"));
    fixture.store.create(sample_job("b"));
    for (int i = 1; i <= 5; ++i) {
        Event event = sample_event("a" + std::to_string(i));
        event.job = JobId{"a"};
        event.sequence = 999;
        CHECK(fixture.store.append(event).sequence == static_cast<std::uint64_t>(i));
    }
    Event event = sample_event("b1");
    event.job = JobId{"b"};
    CHECK(fixture.store.append(event).sequence == 1);

    const auto page = fixture.store.events(JobId{"a"}, 2, 2);
    REQUIRE(page.size() == 2);
    CHECK(page[0].message == "a3");
    CHECK(page[1].sequence == 4);
    CHECK(page[0].level == Severity::warning);
    CHECK(page[0].state == JobState::data_running);
    CHECK(page[0].at == event.at);
    CHECK(fixture.store.events(JobId{"a"}, 0, std::numeric_limits<std::size_t>::max()).size() == 5);
    CHECK(fixture.store.events(JobId{"a"}, std::numeric_limits<std::uint64_t>::max(), 10).empty());
    CHECK(fixture.store.events(JobId{"a"}, 0, 0).empty());
    CHECK(fixture.store.events(JobId{"nobody"}, 0, 10).empty());
}

TEST_CASE("events and commits of a job that is not there are refused and leave nothing") {
    StoreFixture fixture;
    CHECK(error_id_of([&] { fixture.store.commit(sample_job("x"), sample_event("m")); }) ==
          "store.unknown_job");
    Event event = sample_event("m");
    event.job = JobId{"x"};
    CHECK(error_id_of([&] { fixture.store.append(event); }) == "store.unknown_job");
    CHECK(fixture.store.events(JobId{"x"}, 0, 10).empty());
    CHECK(fixture.store.list().empty());
}

TEST_CASE("hostile text survives in events, and bytes that are not UTF-8 become replacement characters") {
    StoreFixture fixture;
    fixture.store.create(sample_job("a"));
    Event event = sample_event(std::string("x'; DROP TABLE jobs; --\n\0\x1b[2J", 30) + "\xff");
    event.job = JobId{"a"};
    const Event stored = fixture.store.append(event);
    CHECK(stored.message == std::string("x'; DROP TABLE jobs; --\n\0\x1b[2J", 30) + "\xEF\xBF\xBD");
    CHECK(fixture.store.events(JobId{"a"}, 0, 1).at(0).message == stored.message);
}

TEST_CASE("many threads of several stores write at once, and no number is missing or double") {
    StoreFixture fixture;
    sqlite::SqliteJobStore second(fixture.dir.path(), fixture.secrets);
    fixture.store.create(sample_job("a"));
    constexpr int threads = 6, each = 25;
    std::vector<std::thread> writers;
    for (int t = 0; t < threads; ++t)
        writers.emplace_back([&, t] {
            JobStore& store = t % 2 == 0 ? static_cast<JobStore&>(fixture.store) : second;
            for (int i = 0; i < each; ++i) {
                Event event = sample_event("m");
                event.job = JobId{"a"};
                (void)store.append(event);
                (void)store.load(JobId{"a"});
            }
        });
    for (std::thread& writer : writers) writer.join();
    const auto events = fixture.store.events(JobId{"a"}, 0, 1000);
    REQUIRE(events.size() == threads * each);
    for (std::size_t i = 0; i < events.size(); ++i) CHECK(events[i].sequence == i + 1);
}

TEST_CASE("what another process leaves for a job waits until it is answered, and a later word is not lost with it") {
    StoreFixture fixture;
    const Job job = sample_job("a");
    fixture.store.create(job);
    sqlite::SqliteJobStore other(fixture.dir.path(), fixture.secrets);
    CHECK(fixture.store.requests(job.id).empty());
    Limits limits;
    limits.rows_per_second = 42;
    limits.replica_lag = std::chrono::milliseconds{7};
    other.ask_limits(job.id, limits);
    other.ask_command(job.id, Trigger::finish);
    const JobRequests seen = fixture.store.requests(job.id);
    CHECK(seen.command == Trigger::finish);
    REQUIRE(seen.limits);
    CHECK(seen.limits->rows_per_second == 42);
    CHECK(seen.limits->replica_lag == std::chrono::milliseconds{7});
    (void)fixture.store.commit(job, sample_event("a"));
    CHECK_FALSE(fixture.store.requests(job.id).empty());

    other.ask_command(job.id, Trigger::rollback);
    fixture.store.answered(job.id, seen);
    CHECK(fixture.store.requests(job.id).command == Trigger::rollback);
    CHECK_FALSE(fixture.store.requests(job.id).limits);
    fixture.store.answered(job.id, fixture.store.requests(job.id));
    CHECK(fixture.store.requests(job.id).empty());
    // A command waits until the job is in another state: whoever dies in obeying it has not lost it.
    other.ask_command(job.id, Trigger::pause);
    Job moved = job;
    (void)fixture.store.commit(moved, sample_event("a"));
    CHECK(fixture.store.requests(job.id).command == Trigger::pause);
    moved.state = job.state == JobState::paused ? JobState::ready : JobState::paused;
    (void)fixture.store.commit(moved, sample_event("a"));
    CHECK(fixture.store.requests(job.id).empty());
    CHECK(error_id_of([&] { other.ask_command(JobId{"nope"}, Trigger::pause); }) == "store.unknown_job");
    CHECK(error_id_of([&] { other.ask_limits(JobId{"nope"}, limits); }) == "store.unknown_job");
    CHECK(fixture.store.requests(JobId{"nope"}).empty());
}

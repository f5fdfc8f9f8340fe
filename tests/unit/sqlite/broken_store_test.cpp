#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "adapters/sqlite/migrations.hpp"
#include "tests/unit/sqlite/store_fixture.hpp"

using namespace transload;
using test::error_id_of;
using test::sample_event;
using test::sample_job;

namespace {

std::string open_error(const std::filesystem::path& dir) {
    return error_id_of([&] {
        const secrets::SealedSecrets secrets(dir);
        const sqlite::SqliteJobStore store(dir, secrets);
    });
}

}  // namespace

TEST_CASE("a state folder that is made is for its owner alone") {
    const test::TempDir dir;
    sqlite::make_state_dir(dir / "a" / "b");
    struct stat status {};
    REQUIRE(::stat((dir / "a" / "b").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0700);
    CHECK(error_id_of([&] { sqlite::make_state_dir(dir.write("file", "")); }) == "store.unavailable");
    CHECK(error_id_of([&] { sqlite::make_state_dir(dir / "file" / "x"); }) == "store.unavailable");
}

TEST_CASE("no file of the store is readable for others") {
    test::StoreFixture fixture;
    fixture.store.create(sample_job("a"));
    for (const auto& entry : std::filesystem::directory_iterator(fixture.dir.path()))
        CHECK((entry.status().permissions() & std::filesystem::perms::others_all) ==
              std::filesystem::perms::none);
}

TEST_CASE("a store of a newer version is refused untouched") {
    const test::TempDir dir;
    const secrets::SealedSecrets secrets(dir.path());
    { const sqlite::SqliteJobStore store(dir.path(), secrets); }
    SQLite::Database raw((dir / "transload.db").string(), SQLite::OPEN_READWRITE);
    raw.exec("INSERT INTO schema_version VALUES (99, '099_future', 0)");
    CHECK(open_error(dir.path()) == "store.newer");
    CHECK(static_cast<std::size_t>(raw.execAndGet("SELECT COUNT(*) FROM schema_version").getInt()) ==
          sqlite::migrations().size() + 1);
}

TEST_CASE("opening a store again applies no migration twice") {
    const test::TempDir dir;
    const secrets::SealedSecrets secrets(dir.path());
    for (int i = 0; i < 3; ++i) const sqlite::SqliteJobStore store(dir.path(), secrets);
    SQLite::Database raw((dir / "transload.db").string());
    CHECK(static_cast<std::size_t>(raw.execAndGet("SELECT COUNT(*) FROM schema_version").getInt()) ==
          sqlite::migrations().size());
    CHECK(raw.execAndGet("PRAGMA journal_mode").getString() == "wal");
}

TEST_CASE(
    "a file that is no database, another program's database and a damaged one are told apart from ours") {
    const test::TempDir text;
    text.write("transload.db", std::string(10'000, 'x'));
    CHECK(open_error(text.path()) == "store.corrupt");

    const test::TempDir foreign;
    {
        SQLite::Database raw((foreign / "transload.db").string(),
                             SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        raw.exec("CREATE TABLE t (a)");
    }
    CHECK(open_error(foreign.path()) == "store.corrupt");

    const test::TempDir damaged;
    {
        const secrets::SealedSecrets secrets(damaged.path());
        sqlite::SqliteJobStore store(damaged.path(), secrets);
        for (int i = 0; i < 50; ++i) store.create(sample_job("job-" + std::to_string(i)));
    }
    std::string bytes = test::read_file(damaged / "transload.db");
    for (std::size_t page = 4096; page < bytes.size(); page += 4096) bytes.replace(page, 200, 200, '\xa5');
    damaged.write("transload.db", bytes);
    CHECK(open_error(damaged.path()) == "store.corrupt");
}

TEST_CASE("a job that can't be read is an error that names it, not a crash") {
    test::StoreFixture fixture;
    fixture.store.create(sample_job("a"));
    SQLite::Database raw((fixture.dir / "transload.db").string(), SQLite::OPEN_READWRITE);
    const auto with = [&](const char* change) {
        raw.exec(std::string("UPDATE jobs SET ") + change);
        return error_id_of([&] { (void)fixture.store.load(JobId{"a"}); });
    };
    CHECK(with("report = '{'") == "store.corrupt");
    CHECK(with("report = '{}', spec = '[]'") == "store.corrupt");
    CHECK(with("spec = '{}', state = 'FLYING'") == "store.corrupt");
    CHECK(with("state = 'DONE', source_password = x'00'") == "secrets.unreadable");
    CHECK(with("source_password = NULL") == "no error");
    CHECK(with("other_secrets = x'00'") == "secrets.unreadable");
}

TEST_CASE("a store that another program holds locked is still read, and is not healthy") {
    test::StoreFixture fixture;
    fixture.store.create(sample_job("a"));
    SQLite::Database raw((fixture.dir / "transload.db").string(), SQLite::OPEN_READWRITE);
    raw.exec("BEGIN IMMEDIATE");
    CHECK(fixture.store.load(JobId{"a"}).has_value());
    CHECK_FALSE(fixture.store.healthy());
    raw.exec("ROLLBACK");
    CHECK(fixture.store.healthy());
}

TEST_CASE("a full disk is a clear error, and what was saved before stays") {
    const test::TempDir dir;
    const secrets::SealedSecrets secrets(dir.path());
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        // The kernel refuses to let files grow, as a full disk does (EFBIG instead of ENOSPC).
        ::signal(SIGXFSZ, SIG_IGN);
        sqlite::SqliteJobStore store(dir.path(), secrets);
        store.create(sample_job("a"));
        const rlimit limit{256 * 1024, 256 * 1024};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        std::uint64_t stored = 0;
        try {
            for (;;) stored = store.commit(sample_job("a"), sample_event(std::string(10'000, 'x'))).sequence;
        } catch (const Error& error) {
            const bool clear =
                (error.id() == "store.full" || error.id() == "store.io") && !error.remedy().empty();
            const bool whole = store.events(JobId{"a"}, 0, 10'000).size() == stored && stored > 0;
            ::_exit(clear && whole ? 0 : 1);
        } catch (...) {
        }
        ::_exit(2);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WEXITSTATUS(status) == 0);
    sqlite::SqliteJobStore store(dir.path(), secrets);
    const auto events = store.events(JobId{"a"}, 0, 10'000);
    CHECK(store.commit(sample_job("a"), sample_event("room again")).sequence == events.size() + 1);
}

TEST_CASE("a store that was killed while it wrote, again and again, has no gap and no half state") {
    const test::TempDir dir;
    const secrets::SealedSecrets secrets(dir.path());
    {
        sqlite::SqliteJobStore store(dir.path(), secrets);
        store.create(sample_job("a"));
    }
    std::uint64_t seen = 0;
    std::uint64_t acknowledged = 0;
    for (int round = 0; round < 25; ++round) {
        int pipe_ends[2];
        REQUIRE(::pipe(pipe_ends) == 0);
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            try {
                sqlite::SqliteJobStore store(dir.path(), secrets);
                Job job = *store.load(JobId{"a"});
                for (;;) {
                    // The report carries the number that the event is going to have.
                    job.report.rows_copied += 1;
                    const std::uint64_t sequence = store.commit(job, sample_event("m")).sequence;
                    if (::write(pipe_ends[1], &sequence, sizeof sequence) != sizeof sequence) break;
                }
            } catch (...) {
            }
            ::_exit(1);
        }
        ::close(pipe_ends[1]);
        std::uint64_t sequence = 0;
        acknowledged = std::max(acknowledged, seen);
        // It is killed while it writes, not while it starts: some of this round are acknowledged before.
        for (int i = 0; i < 1 + round % 4; ++i) {
            REQUIRE(::read(pipe_ends[0], &sequence, sizeof sequence) == sizeof sequence);
            acknowledged = sequence;
        }
        ::usleep(static_cast<useconds_t>(7'919 * round % 3'000));
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        while (::read(pipe_ends[0], &sequence, sizeof sequence) == sizeof sequence) acknowledged = sequence;
        ::close(pipe_ends[0]);

        const sqlite::SqliteJobStore store(dir.path(), secrets);
        const auto events = store.events(JobId{"a"}, 0, 1'000'000);
        for (std::size_t i = seen; i < events.size(); ++i) REQUIRE(events[i].sequence == i + 1);
        REQUIRE(events.size() >= acknowledged);
        REQUIRE(events.size() <= acknowledged + 1);
        REQUIRE(store.load(JobId{"a"})->report.rows_copied == events.size());
        seen = events.size();
    }
    CHECK(seen > 25);
}

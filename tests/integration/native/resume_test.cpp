#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <random>
#include <thread>

#include "orchestrator/plan/error.hpp"
#include "tests/integration/native/copy_job.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/process.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* big_tables =
    "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO';\n"
    "CREATE TABLE digits (n INT PRIMARY KEY) ENGINE = InnoDB;\n"
    "INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);\n"
    "CREATE TABLE big (id BIGINT AUTO_INCREMENT PRIMARY KEY, u INT NOT NULL, t VARCHAR(200), UNIQUE KEY uu "
    "(u));\n"
    "INSERT INTO big SELECT n, n, REPEAT(MD5(n), 5) FROM (SELECT a.n + b.n * 10 + c.n * 100 + d.n * 1000 + "
    "e.n * 10000 AS n "
    "FROM digits a, digits b, digits c, digits d, digits e) AS x;\n"
    "CREATE TABLE words (word VARCHAR(40) COLLATE utf8mb4_unicode_ci PRIMARY KEY, n INT, t VARCHAR(200)) "
    "DEFAULT CHARSET utf8mb4;\n"
    "INSERT INTO words SELECT MD5(id), id, t FROM big;\n"
    "CREATE TABLE loose (n INT, t VARCHAR(200));\n"
    "INSERT INTO loose SELECT id % 1000, t FROM big LIMIT 30000;\n"
    "CREATE TABLE isam (n INT PRIMARY KEY, t VARCHAR(200)) ENGINE = MyISAM;\n"
    "INSERT INTO isam SELECT id, t FROM big LIMIT 30000;\n";
constexpr std::uint64_t all_rows = 10 + 100'000 + 100'000 + 30'000 + 30'000;

/// Two servers of its own and a database of big tables.
struct Pair {
    TestServer source;
    TestServer target;
    JobSpec spec;

    explicit Pair(Flavour flavour = Flavour::mysql80)
        : source(TestServer::start(flavour)), target(TestServer::start(flavour)) {
        sql(source, "CREATE DATABASE d;");
        sql(target, "CREATE DATABASE d;");
        sql(source, big_tables, "d");
        clone_tables(source, target, "d");
        spec = spec_for(endpoint_of(source), endpoint_of(target), "d");
        spec.limits.memory = 16U << 20;  // chunks of one MiB
    }

    void check_equal() const {
        CHECK(row_differences(source, "d", target, "d") == std::vector<std::string>{});
    }
    [[nodiscard]] std::uint64_t copied() const {
        return std::stoull(value(target, "SELECT COALESCE(SUM(row_count), 0) FROM _transload.copy_chunks"));
    }
};

/// Runs until about `rows` are durable, then stops.
void copy_part(const Pair& pair, std::uint64_t rows) {
    RecordingControl control;
    JobSpec spec = pair.spec;
    spec.limits.rows_per_second = 200'000;
    std::map<std::string, std::uint64_t> done;
    std::mutex mutex;
    control.on_progress = [&](const TableProgress& progress) {
        const std::lock_guard lock(mutex);
        done[progress.table] = progress.rows_done;
        std::uint64_t sum = 0;
        for (const auto& [table, count] : done) sum += count;
        if (sum >= rows) control.stop();
    };
    try {
        (void)copy(spec, control);
        FAIL("the copy was not stopped");
    } catch (const Error& error) {
        REQUIRE(error.kind() == ErrorKind::cancelled);
    }
}

/// Runs until the progress fits, then stops.
void stop_when(const JobSpec& spec, const CopyOptions& options, const std::function<bool(const TableProgress&)>& fits) {
    RecordingControl control;
    control.on_progress = [&](const TableProgress& progress) {
        if (fits(progress)) control.stop();
    };
    try {
        (void)copy(spec, control, options);
        FAIL("the copy ended before it was stopped");
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::cancelled);
    }
}

}  // namespace

TEST_CASE("a stopped copy goes on where it was and reads no finished chunk again") {
    const Pair pair;
    copy_part(pair, 120'000);
    const std::uint64_t before = pair.copied();
    REQUIRE(before > 50'000);
    REQUIRE(before < all_rows);
    const auto rows_read = [&] {
        return std::stoull(value(pair.source,
                                 "SELECT variable_value FROM performance_schema.global_status WHERE "
                                 "variable_name = 'Innodb_rows_read'"));
    };
    const std::uint64_t read_before = rows_read();
    RecordingControl control;
    const TransferResult result = copy(pair.spec, control);
    const std::uint64_t read = rows_read() - read_before;
    INFO("rows read " << read << ", copied before " << before);
    // What is left is read once to be copied, and where the key is no integer once more to be cut into segments. Reading
    // the finished chunks again would take all rows at least once and those twice.
    CHECK(read < (all_rows - before) * 2);
    CHECK(result.rows_copied == all_rows);
    CHECK_FALSE(control.has_event("the source moved on"));
    pair.check_equal();
}

TEST_CASE("chunks that the source changed since they were copied are brought to the new view") {
    const Pair pair;
    copy_part(pair, 150'000);
    // Swapped unique values, changed, deleted and new rows, a moved key: all in ranges that may be done.
    sql(pair.source,
        "UPDATE big SET u = -1 WHERE id = 5; UPDATE big SET u = 5 WHERE id = 90000; UPDATE big SET u = 90000 "
        "WHERE id = 5;\n"
        "DELETE FROM big WHERE id BETWEEN 100 AND 200; INSERT INTO big (id, u, t) VALUES (150, -7, 'new'), "
        "(-10, -8, 'low');\n"
        "UPDATE big SET t = CONCAT(t, '!') WHERE id % 9973 = 0; UPDATE words SET word = CONCAT('zz', word) "
        "WHERE n % 7919 = 0;\n"
        "UPDATE words SET t = NULL WHERE n = 77; DELETE FROM loose LIMIT 3; UPDATE isam SET t = 'other' "
        "WHERE n = 17;",
        "d");
    RecordingControl control;
    (void)copy(pair.spec, control);
    CHECK(control.has_event("the source moved on"));
    pair.check_equal();
}

TEST_CASE("a copy killed again and again at random moments ends with every row equal") {
    const Pair pair;
    std::mt19937 random(7);
    int killed = 0;
    ProcessResult result;
    for (int run = 0; run < 40; ++run) {
        Process process({TRANSLOAD_NATIVE_COPY_PROGRAM, "source=" + std::to_string(pair.source.port()),
                         "target=" + std::to_string(pair.target.port()),
                         "source_password=" + pair.source.password(),
                         "target_password=" + pair.target.password(), "database=d", "memory=16777216",
                         "rows_per_second=60000"});
        std::this_thread::sleep_for(std::chrono::milliseconds(200 + random() % 1200));
        if (killed < 8 && process.running()) {
            process.signal(9);
            ++killed;
            (void)process.wait(5s);
            continue;
        }
        result = process.wait(60s);
        break;
    }
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    CHECK(killed >= 3);
    CHECK(result.out.find("rows=" + std::to_string(all_rows)) != std::string::npos);
    pair.check_equal();
}

TEST_CASE("a lost target connection and a restarted target lose and double nothing") {
    Pair pair;
    RecordingControl control;
    JobSpec spec = pair.spec;
    spec.limits.rows_per_second = 60'000;
    spec.retry.attempts = 20;
    std::jthread trouble([&](const std::stop_token& end) {
        for (int i = 0; i < 5 && !end.stop_requested(); ++i) {
            std::this_thread::sleep_for(300ms);
            for (const auto& row :
                 query(pair.target,
                       "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() "
                       "AND user = 'root' AND (info LIKE 'LOAD%' OR info LIKE 'INSERT%')"))
                try {
                    (void)query(pair.target, "KILL " + row.at(0).value());
                } catch (const std::exception&) {
                    // it ended by itself
                }
        }
        pair.target.kill();
        pair.target.restart();
    });
    (void)copy(spec, control);
    trouble.join();
    pair.check_equal();
}

TEST_CASE("a killed source session costs its lane only and a lost view is replaced by a new one") {
    const Pair pair;
    RecordingControl control;
    JobSpec spec = pair.spec;
    spec.limits.rows_per_second = 60'000;
    std::jthread trouble([&](const std::stop_token& end) {
        for (int i = 0; i < 3 && !end.stop_requested(); ++i) {
            std::this_thread::sleep_for(700ms);
            const bool all = i == 2;
            for (const auto& row :
                 query(pair.source,
                       "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() "
                       "AND user = 'root' AND command IN ('Query', 'Sleep')" +
                           std::string(all ? "" : " AND info LIKE 'SELECT%'"))) {
                try {
                    (void)query(pair.source, "KILL " + row.at(0).value());
                } catch (const std::exception&) {
                }
                if (!all) break;
            }
            if (all) sql(pair.source, "UPDATE big SET t = 'moved' WHERE id < 3", "d");
        }
    });
    (void)copy(spec, control);
    trouble.join();
    CHECK(control.has_event("going on in a new one"));
    // What was written after the last view was opened is not in it: compare what can't have moved.
    sql(pair.source, "UPDATE big SET t = 'x' WHERE id < 3", "d");
    sql(pair.target, "UPDATE big SET t = 'x' WHERE id < 3", "d");
    pair.check_equal();
}

TEST_CASE("a stop interrupts reading and loading") {
    const Pair pair;
    JobSpec spec = pair.spec;
    spec.limits.rows_per_second = 20'000;
    stop_when(spec, {}, [](const TableProgress& progress) { return progress.rows_done > 5'000; });
    CHECK(pair.copied() < all_rows / 2);
    RecordingControl again;
    (void)copy(pair.spec, again);
    pair.check_equal();
}

TEST_CASE("a stop interrupts the building of indexes") {
    const Pair pair;
    CopyOptions options;
    options.deferred.push_back({{"d", "big"}, {"ix_t"}, {"ADD KEY `ix_t` (t, u, id)"}});
    for (int i = 0; i < 2; ++i)
        sql(pair.source, "INSERT IGNORE INTO big (u, t) SELECT u + 1000000 * (1 + id % 7), t FROM big", "d");
    stop_when(pair.spec, options, [](const TableProgress& progress) { return progress.phase == "indexing"; });
    CHECK(show_create(pair.target, "d", "big").find("ix_t") == std::string::npos);
    RecordingControl again;
    (void)copy(pair.spec, again, options);
    pair.check_equal();
    CHECK(show_create(pair.target, "d", "big").find("KEY `ix_t` (`t`,`u`,`id`)") != std::string::npos);
}

TEST_CASE("a table without transactions is completed after an interruption") {
    Pair pair(Flavour::mariadb);
    copy_part(pair, 100'000);
    // As if it had been killed in the middle of a chunk: rows without their mark.
    sql(pair.target,
        "INSERT IGNORE INTO isam SELECT 1000000 + n, 'stray' FROM isam LIMIT 10; REPLACE INTO isam VALUES "
        "(29999, 'half done')",
        "d");
    sql(pair.target,
        "DELETE FROM _transload.copy_chunks WHERE table_no = (SELECT table_no FROM _transload.copy_tables "
        "WHERE source_table = 'isam')");
    RecordingControl control;
    (void)copy(pair.spec, control);
    CHECK(control.has_event("knows no transactions"));
    pair.check_equal();
}

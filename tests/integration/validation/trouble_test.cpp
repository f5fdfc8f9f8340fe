#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "orchestrator/plan/error.hpp"
#include "tests/integration/validation/sides.hpp"
#include "tests/support/process.hpp"
#include "tests/support/skip.hpp"

using namespace transload;
using namespace transload::test;
using namespace std::chrono_literals;

namespace {

/// A table whose generated column takes a server some seconds to compute for 600 rows.
void make_slow(const Sides& sides, int rows = 600) {
    sides.on_both("SET cte_max_recursion_depth = 100000; CREATE TABLE slow (id INT PRIMARY KEY, v INT); INSERT INTO slow WITH "
                  "RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(rows) + ") SELECT i, i "
                  "FROM n; ALTER TABLE slow ADD COLUMN s VARCHAR(64) AS "
                  "(SHA2(REPEAT(CONCAT(id, 'x'), 500000), 256)) VIRTUAL;");
}

std::vector<std::string> sessions_in(const TestServer& server, const std::string& database) {
    std::vector<std::string> ids;
    for (const auto& row : query(server, "SELECT id FROM information_schema.processlist WHERE info LIKE '%`" + database +
                                             "`.`slow`%' AND id <> CONNECTION_ID()"))
        ids.push_back(row.at(0).value_or(""));
    return ids;
}

}  // namespace

TEST_CASE("a stop ends statements that are under way on both servers") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    make_slow(sides, 20'000);
    RecordingControl control;
    std::string id;
    ErrorKind kind = ErrorKind::failed;
    std::chrono::steady_clock::time_point ended;
    std::thread worker([&] {
        try {
            static_cast<void>(sides.validate(ValidationLevel::checksum, false, control));
        } catch (const Error& error) {
            id = error.id();
            kind = error.kind();
        }
        ended = std::chrono::steady_clock::now();
    });
    const bool begun = eventually([&] { return !sessions_in(sides.target(), sides.database()).empty(); }, 30s);
    const auto asked = std::chrono::steady_clock::now();
    control.stop();
    worker.join();
    CHECK(begun);
    CHECK(kind == ErrorKind::cancelled);
    CHECK(ended - asked < 15s);  // of minutes that they had still to take
    CHECK(eventually([&] { return sessions_in(sides.target(), sides.database()).empty(); }, 10s));
    CHECK(eventually([&] { return sessions_in(sides.source(), sides.database()).empty(); }, 10s));
}

TEST_CASE("a lost session of the target is replaced and the validation goes on") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    make_slow(sides);
    sides.rows_per_chunk = 100;
    sides.on_target("UPDATE slow SET v = 0 WHERE id = 77;");
    RecordingControl control;
    ValidationOutcome outcome;
    std::thread worker([&] { outcome = sides.validate(ValidationLevel::checksum, false, control); });
    std::vector<std::string> ids;
    const bool begun = eventually([&] { return !(ids = sessions_in(sides.target(), sides.database())).empty(); }, 30s);
    for (const std::string& id : ids) {
        try {
            sql(sides.target(), "KILL " + id);
        } catch (const std::exception&) {  // it ended by itself meanwhile
        }
    }
    worker.join();
    CHECK(begun);
    CHECK(named(outcome) == std::vector<std::string>{"different slow id=77 v"});
    CHECK(outcome.tables.at(0).source_rows == 600);
    CHECK(outcome.tables.at(0).target_rows == 600);
}

TEST_CASE("a source table that is gone is an error with object and remedy") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both("CREATE TABLE t (id INT PRIMARY KEY); CREATE TABLE u (id INT PRIMARY KEY);");
    JobSpec spec = sides.spec;
    spec.validate = ValidationLevel::checksum;
    const auto tables = sides.plans();
    sides.on_source("DROP TABLE t;");
    RecordingControl control;
    try {
        static_cast<void>(mysql::MysqlValidator().validate({spec, tables, nullptr}, control));
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::failed);
        CHECK(error.object() == sides.database() + ".t");
        CHECK_FALSE(error.remedy().empty());
    }
}

TEST_CASE("a view that is none of ours is refused") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    struct OtherView final : SourceView {
        [[nodiscard]] std::string position() const override { return "elsewhere"; }
    };
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    const std::vector<TablePlan> none;
    RecordingControl control;
    CHECK_THROWS_AS(mysql::MysqlValidator().validate({sides.spec, none, std::make_shared<OtherView>()}, control), Error);
}

TEST_CASE("a target that can't be reached is a clear error") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both("CREATE TABLE t (id INT PRIMARY KEY);");
    sides.spec.target.port = static_cast<std::uint16_t>(free_port());
    try {
        static_cast<void>(sides.validate(ValidationLevel::counts));
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.id() == "mysql.unreachable");
        CHECK_FALSE(error.remedy().empty());
    }
}

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/integration/validation/sides.hpp"
#include "tests/support/skip.hpp"

using namespace transload;
using namespace transload::test;

TEST_CASE("repair touches the wrong rows and no other") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    // A target of its own: the server's counter of deleted rows counts for all tests that use it.
    const TestServer target = TestServer::start(Flavour::mysql80);
    Sides sides(shared_server(Flavour::mysql80, "source"), target);
    sides.on_both("CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 5);");
    sides.on_target("UPDATE t SET v = 0 WHERE id = 2; DELETE FROM t WHERE id = 3; INSERT INTO t VALUES (9, 9);");
    const std::string before = value(sides.target(), "SELECT VARIABLE_VALUE FROM performance_schema.global_status WHERE "
                                                     "VARIABLE_NAME = 'Innodb_rows_deleted'");
    const ValidationOutcome outcome = sides.validate(ValidationLevel::checksum, true);
    const std::string after = value(sides.target(), "SELECT VARIABLE_VALUE FROM performance_schema.global_status WHERE "
                                                    "VARIABLE_NAME = 'Innodb_rows_deleted'");
    CHECK(outcome.summary.repaired == 3);
    CHECK(outcome.summary.mismatches == 0);
    CHECK(outcome.tables.at(0).source_rows == 5);
    CHECK(outcome.tables.at(0).target_rows == 5);
    CHECK(std::stoll(after) - std::stoll(before) < 3 + 5);  // the server deletes a little in tables of its own
    CHECK(clean(sides.validate(ValidationLevel::rows)));
}

TEST_CASE("repair mends all rows and not only those that the report names") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both("CREATE TABLE t (id INT PRIMARY KEY, v INT); SET cte_max_recursion_depth = 100000; INSERT INTO t WITH RECURSIVE "
                  "n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000) SELECT i, i FROM n;");
    sides.on_target("UPDATE t SET v = -v WHERE id % 4 = 0; DELETE FROM t WHERE id % 10 = 1; INSERT INTO t SELECT id + 100000, 1 FROM "
                    "t WHERE id % 5 = 0;");
    const ValidationOutcome found = sides.validate(ValidationLevel::checksum);
    CHECK(found.summary.mismatches == 3000 + 1200 + 2400);
    CHECK(found.summary.details.size() == 1000);
    const ValidationOutcome mended = sides.validate(ValidationLevel::rows, true);
    CHECK(mended.summary.repaired == found.summary.mismatches);
    CHECK(mended.summary.mismatches == 0);
    CHECK(mended.tables.at(0).target_rows == 12000);
    CHECK(clean(sides.validate(ValidationLevel::checksum)));
}

TEST_CASE("unique values that were swapped between rows of different chunks are mended") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.rows_per_chunk = 2;
    sides.on_both("CREATE TABLE t (id INT PRIMARY KEY, u VARCHAR(10), x INT, UNIQUE KEY (u, x));"
                  "INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 1), (3, 'c', 1), (4, 'd', 1), (5, 'e', 1), (6, 'f', 1), (7, NULL, 1), "
                  "(8, NULL, 1);");
    sides.on_target("DELETE FROM t WHERE id IN (1, 4, 6); INSERT INTO t VALUES (1, 'd', 1), (4, 'f', 1), (6, 'a', 1);");
    const ValidationOutcome outcome = sides.validate(ValidationLevel::checksum, true);
    CHECK(outcome.summary.mismatches == 0);
    CHECK(outcome.summary.repaired >= 1);
    CHECK(clean(sides.validate(ValidationLevel::rows)));
}

TEST_CASE("mending a parent row does not delete its children") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both("CREATE TABLE parent (id INT PRIMARY KEY, v INT); CREATE TABLE child (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) "
                  "REFERENCES parent (id) ON DELETE CASCADE); INSERT INTO parent VALUES (1, 1), (2, 2); INSERT INTO child VALUES (1, 1), "
                  "(2, 1), (3, 2);");
    sides.on_target("UPDATE parent SET v = 5 WHERE id = 1;");
    const ValidationOutcome outcome = sides.validate(ValidationLevel::checksum, true);
    CHECK(outcome.summary.repaired == 1);
    CHECK(outcome.summary.mismatches == 0);
    CHECK(value(sides.target(), "SELECT COUNT(*) FROM child", sides.database()) == "3");
    CHECK(clean(sides.validate(ValidationLevel::rows)));
}

TEST_CASE("a target table with triggers is reported and not mended, and its triggers do not fire") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both("CREATE TABLE t (id INT PRIMARY KEY, v INT); CREATE TABLE log (id INT PRIMARY KEY AUTO_INCREMENT, what INT); INSERT "
                  "INTO t VALUES (1, 1), (2, 2);");
    sides.on_target("UPDATE t SET v = 5 WHERE id = 1; CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW INSERT INTO log (what) VALUES "
                    "(new.id);");
    RecordingControl control;
    const ValidationOutcome outcome = sides.validate(ValidationLevel::checksum, true, control);
    CHECK(outcome.summary.mismatches == 1);
    CHECK(outcome.summary.repaired == 0);
    REQUIRE(outcome.summary.details.size() == 1);
    CHECK_FALSE(outcome.summary.details[0].repaired);
    const auto events = control.events();
    CHECK(std::any_of(events.begin(), events.end(),
                      [](const std::string& event) { return event.find("triggers") != std::string::npos; }));
    CHECK(value(sides.target(), "SELECT COUNT(*) FROM log", sides.database()) == "0");
}

TEST_CASE("types inside JSON documents are mended along with their text") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    const std::string table = "CREATE TABLE t (id INT PRIMARY KEY, j JSON, seen TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE "
                              "CURRENT_TIMESTAMP, price DECIMAL(10,2) AS (j->'$.price') STORED, "
                              "alike SET('a', 'b', 'ä') CHARACTER SET utf8mb4 DEFAULT NULL);";
    sides.on_source(table + "INSERT INTO t (id, j, seen) VALUES "
                            "(1, JSON_OBJECT('price', CAST(12345.67 AS DECIMAL(10,2)), 'a b', JSON_ARRAY(DATE'2024-02-29', TIME'-12:00:00.5', "
                            "TIMESTAMP'2024-01-02 03:04:05.678901', 1.5e0, 'x', x'00ff')), '2020-01-01'), "
                            "(2, CAST(CAST(1.50 AS DECIMAL(5,2)) AS JSON), '2020-01-02'), (3, '{\"price\": 1.5}', '2020-01-03');");
    // What a copy by text makes of it.
    sides.on_target(table + "INSERT INTO t (id, j, seen) VALUES (1, '{\"price\": 12345.67, \"a b\": [\"2024-02-29\", "
                            "\"-12:00:00.500000\", \"2024-01-02 03:04:05.678901\", 1.5, \"x\", \"base64:type15:AP8=\"]}', '2020-01-01'), "
                            "(2, '1.50', '2020-01-02'), (3, '{\"price\": 1.5}', '2020-01-03');");
    sides.on_both("UPDATE t SET alike = 6, seen = seen;");  // of two members that are equal under the collation, the second
    sides.spec.show_values = true;
    const ValidationOutcome found = sides.validate(ValidationLevel::checksum);
    CHECK(named(found) == std::vector<std::string>{"different t id=1 j", "different t id=2 j"});
    const ValidationOutcome mended = sides.validate(ValidationLevel::checksum, true);
    CHECK(mended.summary.mismatches == 0);
    CHECK(mended.summary.repaired == 2);
    CHECK(clean(sides.validate(ValidationLevel::rows)));
    const std::string types = "SELECT JSON_TYPE(j->'$.price'), JSON_TYPE(j->'$.\"a b\"[0]'), JSON_TYPE(j->'$.\"a b\"[2]'), JSON_TYPE(j), "
                              "seen, price FROM t ORDER BY id";
    CHECK(query(sides.source(), types, sides.database()) == query(sides.target(), types, sides.database()));
}

TEST_CASE("rows of many megabytes are compared and mended") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both("CREATE TABLE t (id INT PRIMARY KEY, b LONGBLOB, c LONGTEXT CHARACTER SET latin1);"
                  "INSERT INTO t VALUES (1, REPEAT(x'00ff275c', 3000000), REPEAT('x', 9000000)), (2, REPEAT(x'0a', 16000000), NULL), "
                  "(3, '', '');");
    CHECK(clean(sides.validate(ValidationLevel::checksum)));
    sides.on_target("UPDATE t SET b = CONCAT(LEFT(b, 11999999), x'5d') WHERE id = 1; DELETE FROM t WHERE id = 2;");
    CHECK(named(sides.validate(ValidationLevel::checksum)) == std::vector<std::string>{"different t id=1 b", "missing t id=2"});
    CHECK(sides.validate(ValidationLevel::rows, true).summary.mismatches == 0);
    CHECK(clean(sides.validate(ValidationLevel::rows)));
}

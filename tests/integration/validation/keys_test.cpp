#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/integration/validation/sides.hpp"
#include "tests/support/skip.hpp"

using namespace transload;
using namespace transload::test;

namespace {

/// A kind of key, with values for rows n = 0 … 59.
struct KeyKind {
    const char* columns;
    const char* values;
    const char* named_30;  ///< row 30 in validation's words
    const char* extra;     ///< a key outside the others
    const char* named_extra;
};

const std::vector<KeyKind> kinds{
    {"id BIGINT UNSIGNED PRIMARY KEY", "18446744073709551615 - n * 1000", "id=18446744073709521615", "0", "id=0"},
    {"id INT PRIMARY KEY", "n * 7 - 200", "id=10", "-2000000000", "id=-2000000000"},
    {"w VARCHAR(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci PRIMARY KEY",
     "CONCAT(CHAR(65 + n % 26 + IF(n % 2, 32, 0) USING utf8mb4), n)", "w='E30'", "'zzzz'", "w='zzzz'"},
    {"a VARCHAR(10) CHARACTER SET latin1 NOT NULL, b SMALLINT NOT NULL, PRIMARY KEY (a, b DESC)",
     "CONCAT('k', FLOOR(n / 10)), n % 10", "a='k3', b=0", "'k3', -5", "a='k3', b=-5"},
    {"b VARBINARY(16) NOT NULL, UNIQUE KEY `the key` (b)", "UNHEX(CONCAT('00', LPAD(HEX(n), 4, '0'), 'ff'))", "b=x'00001eff'",
     "x'ffff'", "b=x'ffff'"},
    {"d DECIMAL(30,10) NOT NULL, e ENUM('z','a','m') NOT NULL, t DATETIME(3) NOT NULL, PRIMARY KEY (e, d, t)",
     "n * 0.25, 1 + n % 3, TIMESTAMP('2024-01-01') + INTERVAL n SECOND", "e=1, d=7.5000000000, t='2024-01-01 00:00:30.000'",
     "-1, 2, '9999-12-31 23:59:59.999'", "e=2, d=-1.0000000000, t='9999-12-31 23:59:59.999'"},
    {"f DOUBLE PRIMARY KEY", "(n - 20) / 7e0", "f=1.4285714285714286", "1e300", "f=1e300"},
    {"b BIT(40) PRIMARY KEY", "n * 1000000000", "b=30000000000", "b'0001'", "b=1"},
};

const char* const sixty =
    "(SELECT t.n * 10 + u.n AS n FROM (SELECT 0 n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 "
    "UNION ALL SELECT 5) t, (SELECT 0 n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL "
    "SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) u) seq";

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

void check_all_kinds(Flavour source, Flavour target) {
    if (!available(source) || !available(target)) SKIP_TEST("the servers are not installed");
    Sides sides(shared_server(source, "source"), shared_server(target, "target"));
    sides.rows_per_chunk = 7;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const std::string table = "t" + std::to_string(i);
        sides.on_both("CREATE TABLE " + table + " (n INT, v VARCHAR(20), " + kinds[i].columns + ");\nINSERT INTO " + table +
                      " SELECT n, CONCAT('v', n), " + kinds[i].values + " FROM " + sixty + ";");
    }
    CHECK(clean(sides.validate(ValidationLevel::checksum)));
    CHECK(clean(sides.validate(ValidationLevel::rows)));

    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const std::string table = "t" + std::to_string(i);
        sides.on_target("UPDATE " + table + " SET v = 'V30' WHERE n = 30; DELETE FROM " + table + " WHERE n = 31; INSERT INTO " +
                        table + " VALUES (99, 'new', " + kinds[i].extra + "); UPDATE " + table +
                        " SET v = IF(n = 40, 'v41', 'v40') WHERE n IN (40, 41);");
    }
    for (const ValidationLevel level : {ValidationLevel::checksum, ValidationLevel::rows}) {
        const ValidationOutcome outcome = sides.validate(level);
        const auto names = named(outcome);
        for (std::size_t i = 0; i < kinds.size(); ++i) {
            const std::string table = "t" + std::to_string(i);
            INFO(table << " " << kinds[i].columns);
            CHECK(has(names, "different " + table + " " + kinds[i].named_30 + " v"));
            CHECK(has(names, "extra " + table + " " + kinds[i].named_extra));
            CHECK(std::count_if(names.begin(), names.end(), [&](const std::string& name) {
                      return name.starts_with("missing " + table + " ");
                  }) == 1);
            CHECK(outcome.tables.at(i).mismatches == 5);
            CHECK(outcome.tables.at(i).source_rows == 60);
            CHECK(outcome.tables.at(i).target_rows == 60);
        }
    }
    const ValidationOutcome mended = sides.validate(ValidationLevel::checksum, true);
    CHECK(mended.summary.mismatches == 0);
    CHECK(mended.summary.repaired == 5 * kinds.size());
    CHECK(clean(sides.validate(ValidationLevel::rows)));
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const std::string sums = "SELECT SUM(n), SUM(CRC32(v)), COUNT(*) FROM t" + std::to_string(i);
        CHECK(query(sides.source(), sums, sides.database()) == query(sides.target(), sums, sides.database()));
    }
}

}  // namespace

TEST_CASE("changed, missing, extra and swapped rows are found under every kind of key on MySQL") {
    check_all_kinds(Flavour::mysql80, Flavour::mysql97);
}

TEST_CASE("changed, missing, extra and swapped rows are found under every kind of key on MariaDB") {
    check_all_kinds(Flavour::mariadb, Flavour::mariadb);
}

TEST_CASE("a key that only the server takes for equal is a different row and not one missing and one extra") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.rows_per_chunk = 2;
    sides.on_both("CREATE TABLE t (w VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci PRIMARY KEY, v INT);"
                  "INSERT INTO t VALUES ('Anna', 1), ('berta', 2), ('Cäsar', 3), ('dora', 4), ('emil', 5);");
    sides.on_target("UPDATE t SET w = 'anna' WHERE w = 'anna'; UPDATE t SET w = 'Casar' WHERE w = 'Cäsar';"
                    "UPDATE t SET w = 'dora ' WHERE w = 'dora';");
    for (const ValidationLevel level : {ValidationLevel::checksum, ValidationLevel::rows}) {
        const ValidationOutcome outcome = sides.validate(level);
        CHECK(named(outcome) == std::vector<std::string>{"different t w='Anna' w", "different t w='Cäsar' w", "different t w='dora' w"});
        CHECK(outcome.summary.mismatches == 3);
    }
    CHECK(sides.validate(ValidationLevel::rows, true).summary.repaired == 3);
    CHECK(clean(sides.validate(ValidationLevel::checksum)));
}

TEST_CASE("equal rows are equal though the target sorts its keys in another order") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.rows_per_chunk = 2;
    const std::string rows = "INSERT INTO t VALUES ('a', 1), ('B', 2), ('c', 3), ('D', 4), ('e', 5), ('F', 6), ('g', 7);";
    sides.on_source("CREATE TABLE t (w VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci PRIMARY KEY, v INT);" + rows);
    sides.on_target("CREATE TABLE t (w VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PRIMARY KEY, v INT);" + rows);
    CHECK(clean(sides.validate(ValidationLevel::checksum)));
    CHECK(clean(sides.validate(ValidationLevel::rows)));
    sides.on_target("DELETE FROM t WHERE w = 'B'; INSERT INTO t VALUES ('b', 2), ('A', 9); UPDATE t SET v = 0 WHERE w = 'F';");
    const ValidationOutcome outcome = sides.validate(ValidationLevel::checksum);
    CHECK(outcome.summary.mismatches == 4);
    CHECK(has(named(outcome), "different t w='F' v"));
    CHECK(has(named(outcome), "missing t w='B'"));
}

TEST_CASE("a row that the target holds twice, for want of a unique key, is an extra row") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_source("CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);");
    sides.on_target("CREATE TABLE t (id INT, v INT); INSERT INTO t VALUES (1, 1), (2, 2), (2, 2), (3, 3);");
    for (const ValidationLevel level : {ValidationLevel::checksum, ValidationLevel::rows})
        CHECK(named(sides.validate(level)) == std::vector<std::string>{"extra t id=2"});
    CHECK(sides.validate(ValidationLevel::checksum, true).summary.mismatches == 0);
    CHECK(value(sides.target(), "SELECT COUNT(*) FROM t", sides.database()) == "3");
}

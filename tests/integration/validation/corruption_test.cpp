#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/integration/validation/sides.hpp"
#include "tests/support/skip.hpp"

using namespace transload;
using namespace transload::test;

namespace {

/// A column, a value of it, and the smallest change that may happen to it (SQL expressions; `c` is the column).
struct Corruption {
    const char* definition;
    const char* value;
    const char* wrong;
    bool mysql_only = false;
};

// The smallest possible change for each type; several for those with several traps.
const std::vector<Corruption> corruptions{
    {"TINYINT", "-128", "-127"},
    {"TINYINT UNSIGNED ZEROFILL", "7", "8"},
    {"TINYINT(1)", "1", "2"},
    {"SMALLINT", "32767", "-32767"},
    {"MEDIUMINT", "8388607", "8388606"},
    {"INT", "0", "NULL"},
    {"INT", "NULL", "0"},
    {"INT UNSIGNED", "4294967295", "4294967294"},
    {"BIGINT", "-9223372036854775808", "-9223372036854775807"},
    {"BIGINT UNSIGNED", "18446744073709551615", "18446744073709551614"},
    {"DECIMAL(65,30)", "'12345678901234567890123456789012345.000000000000000000000000000001'",
     "'12345678901234567890123456789012345.000000000000000000000000000002'"},
    {"DECIMAL(10,2) UNSIGNED ZEROFILL", "1.10", "1.11"},
    {"FLOAT", "16777216", "16777214"},
    {"FLOAT", "0.1", "0.1 + 0.00000001"},
    {"FLOAT(7,2)", "1.25", "1.26"},
    {"DOUBLE", "0.1", "0.1e0 + 1.4e-17"},
    {"DOUBLE", "0e0", "'-0'", true},  // MariaDB has no -0
    {"DOUBLE", "1.7976931348623157e308", "1.7976931348623155e308"},
    {"DOUBLE", "4.9406564584124654e-324", "0"},
    {"BIT(1)", "b'1'", "b'0'"},
    {"BIT(64)", "b'1111111111111111111111111111111111111111111111111111111111111111'",
     "b'1111111111111111111111111111111111111111111111111111111111111110'"},
    {"DATE", "'0000-00-00'", "NULL"},
    {"DATE", "'2024-00-10'", "'2024-00-11'"},
    {"TIME", "'-838:59:59'", "'838:59:59'"},
    {"TIME(6)", "'00:00:00.000001'", "'-00:00:00.000001'"},
    {"DATETIME", "'0000-00-00 00:00:00'", "'1000-01-01 00:00:00'"},
    {"DATETIME(6)", "'9999-12-31 23:59:59.999999'", "'9999-12-31 23:59:59.999998'"},
    {"TIMESTAMP(3) NULL", "'2024-03-31 01:30:00.123'", "'2024-03-31 01:30:00.124'"},
    {"TIMESTAMP NULL", "'0000-00-00 00:00:00'", "'1970-01-01 00:00:01'"},
    {"YEAR", "0", "2000"},
    {"CHAR(10) CHARACTER SET utf8mb4", "'a'", "'A'"},
    {"CHAR(10) CHARACTER SET latin1 COLLATE latin1_german1_ci", "_latin1 x'e4'", "_latin1 x'c4'"},
    {"VARCHAR(20) CHARACTER SET utf8mb4", "'a'", "'a '"},
    {"VARCHAR(20) CHARACTER SET utf8mb4", "''", "NULL"},
    {"VARCHAR(20) CHARACTER SET utf8mb4", "NULL", "'NULL'"},
    {"VARCHAR(20) CHARACTER SET utf8mb4", "'N'", "NULL"},
    {"VARCHAR(20) CHARACTER SET utf8mb4", "_utf8mb4 x'f09f9880'", "'?'"},
    {"VARCHAR(20) CHARACTER SET utf8mb4", "_utf8mb4 x'c3a9'", "_utf8mb4 x'65cc81'"},          // composed, decomposed
    {"VARCHAR(20) CHARACTER SET utf8mb4", "_utf8mb4 x'c3a9'", "_utf8mb4 x'c383c2a9'"},        // converted twice
    {"VARCHAR(20) CHARACTER SET utf8mb4", "_utf8mb4 x'610062'", "'ab'"},
    {"VARCHAR(20) CHARACTER SET latin1", "_latin1 x'e9'", "_latin1 x'e8'"},
    {"VARCHAR(20) CHARACTER SET latin1", "_latin1 x'80'", "'?'"},
    {"VARCHAR(20) CHARACTER SET ucs2", "'a'", "'b'"},
    {"VARCHAR(20) CHARACTER SET sjis", "_sjis x'835c'", "_sjis x'8a5c'"},
    {"VARCHAR(20) CHARACTER SET gbk", "_gbk x'815c'", "_gbk x'825c'"},
    {"TINYTEXT", "'x'", "'X'"},
    {"TEXT CHARACTER SET latin1", "_latin1 x'e9'", "_latin1 x'c9'"},
    {"MEDIUMTEXT", "''", "' '"},
    {"LONGTEXT", "REPEAT('long ', 10000)", "CONCAT(REPEAT('long ', 9999), 'lonG ')"},
    {"BINARY(4)", "x'00ff00'", "x'00ff0001'"},
    {"VARBINARY(10)", "x'00'", "x''"},
    {"VARBINARY(10)", "x'4e'", "NULL"},
    {"TINYBLOB", "x'5c30'", "x'00'"},
    {"BLOB", "x'0d0a'", "x'0a'"},
    {"MEDIUMBLOB", "x'ff'", "x'c3bf'"},
    {"LONGBLOB", "''", "NULL"},
    {"ENUM('a','b','')", "1", "2"},
    {"ENUM('a','b','')", "3", "0"},  // the empty member, and index 0 that reads as ''
    {"ENUM('a','b','')", "NULL", "0"},
    {"SET('a','b','c')", "'a,c'", "'a'"},
    {"SET('a','b','c')", "''", "NULL"},
    {"POINT", "ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('POINT(1 3)')"},
    {"GEOMETRY", "ST_GeomFromText('POINT(1 2)', 0)", "ST_GeomFromText('POINT(1 2)', 4326)"},
    {"POLYGON", "ST_GeomFromText('POLYGON((0 0, 4 0, 4 4, 0 0))')", "ST_GeomFromText('POLYGON((0 0, 4 4, 4 0, 0 0))')"},
    {"JSON", "'{\"a\": 1}'", "'{\"a\": 2}'"},
    {"JSON", "'{\"a\": 1}'", "'{\"a\": 1.0}'"},
    {"JSON", "'[1, \"1\"]'", "'[\"1\", 1]'"},
    {"JSON", "'null'", "NULL"},
    {"JSON", "'[12345.67]'", "JSON_ARRAY(CAST(12345.67 AS DECIMAL(10,2)))", true},
    {"JSON", "'{\"a\": 1, \"b\": 2.5}'", "JSON_OBJECT('a', CAST(1 AS DECIMAL(5,0)), 'b', 2.5e0)", true},
    {"JSON", "'{\"d\": \"2020-01-01\"}'", "JSON_OBJECT('d', CAST('2020-01-01' AS DATE))", true},
    {"JSON", "'{\"d\": \"2020-01-01\", \"p\": 12345.67}'",
     "JSON_OBJECT('d', CAST('2020-01-01' AS DATE), 'p', CAST(12345.67 AS DECIMAL(10,2)))", true},  // of equal size
};

std::vector<Corruption> of(Flavour flavour) {
    std::vector<Corruption> chosen;
    for (const Corruption& one : corruptions)
        if (!one.mysql_only || flavour != Flavour::mariadb) chosen.push_back(one);
    return chosen;
}

/// A table with a column for each corruption and a row for each: row i gets column i spoilt.
std::string table_of(const std::vector<Corruption>& all) {
    std::string definition = "CREATE TABLE types (id INT PRIMARY KEY, ";
    std::string values;
    for (std::size_t i = 0; i < all.size(); ++i) {
        definition += "c" + std::to_string(i) + " " + all[i].definition + (i + 1 < all.size() ? ", " : "");
        values += std::string(", ") + all[i].value;
    }
    std::string script = definition + ") ROW_FORMAT=DYNAMIC CHARACTER SET utf8mb4;\n";
    for (std::size_t i = 0; i < all.size(); ++i)
        script += "INSERT INTO types VALUES (" + std::to_string(i) + values + ");\n";
    return script;
}

std::string spoil(const std::vector<Corruption>& all, std::vector<std::string>& expected) {
    std::string script;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::string n = std::to_string(i);
        // To an UPDATE equal JSON is equal whatever its types, and nothing is written: so by way of NULL.
        script += "UPDATE types SET c" + n + " = NULL WHERE id = " + n + ";\n";
        script += "UPDATE types SET c" + n + " = " + all[i].wrong + " WHERE id = " + n + ";\n";
        expected.push_back("different types id=" + n + " c" + n);
    }
    std::sort(expected.begin(), expected.end());
    return script;
}

void check_every_type(Flavour source, Flavour target) {
    if (!available(source) || !available(target)) SKIP_TEST("the servers are not installed");
    Sides sides(shared_server(source, "source"), shared_server(target, "target"));
    const auto all = of(source == Flavour::mariadb ? source : target);
    sides.on_both(table_of(all));
    CHECK(clean(sides.validate(ValidationLevel::checksum)));
    CHECK(clean(sides.validate(ValidationLevel::rows)));

    std::vector<std::string> expected;
    sides.on_target(spoil(all, expected));
    for (const ValidationLevel level : {ValidationLevel::checksum, ValidationLevel::rows}) {
        const ValidationOutcome outcome = sides.validate(level);
        CHECK(named(outcome) == expected);
        CHECK(outcome.summary.mismatches == all.size());
        CHECK(outcome.tables.at(0).source_rows == all.size());
        CHECK(outcome.tables.at(0).target_rows == all.size());
    }
    CHECK(clean(sides.validate(ValidationLevel::counts)));

    const ValidationOutcome mended = sides.validate(ValidationLevel::checksum, true);
    CHECK(mended.summary.repaired == all.size());
    CHECK(mended.summary.mismatches == 0);
    CHECK(std::all_of(mended.summary.details.begin(), mended.summary.details.end(),
                      [](const Mismatch& one) { return one.repaired; }));
    CHECK(clean(sides.validate(ValidationLevel::checksum)));
    CHECK(clean(sides.validate(ValidationLevel::rows)));
}

}  // namespace

TEST_CASE("the smallest change of a value of any type is found, named and mended between MySQL 8.0 servers") {
    check_every_type(Flavour::mysql80, Flavour::mysql80);
}

TEST_CASE("the smallest change of a value of any type is found, named and mended from MySQL 8.0 to 9") {
    check_every_type(Flavour::mysql80, Flavour::mysql97);
}

TEST_CASE("the smallest change of a value of any type is found, named and mended between MariaDB servers") {
    check_every_type(Flavour::mariadb, Flavour::mariadb);
}

TEST_CASE("values are shown only when the job asks for it") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both("CREATE TABLE t (id INT PRIMARY KEY, secret VARCHAR(20), b VARBINARY(4), d DOUBLE);"
                  "INSERT INTO t VALUES (1, 'right', x'00ff', 0), (2, 'two', x'00ff', 0), (3, NULL, x'', 0);");
    sides.on_target("UPDATE t SET secret = 'wrong' WHERE id = 1; UPDATE t SET b = x'01ff' WHERE id = 2; "
                    "UPDATE t SET secret = '' WHERE id = 3;");
    for (const Mismatch& one : sides.validate(ValidationLevel::checksum).summary.details) {
        CHECK(one.source_value.empty());
        CHECK(one.target_value.empty());
    }
    sides.spec.show_values = true;
    const auto details = sides.validate(ValidationLevel::rows).summary.details;
    REQUIRE(details.size() == 3);
    for (const Mismatch& one : details) {
        if (one.key == "id=1") CHECK(one.source_value + " " + one.target_value == "right wrong");
        if (one.key == "id=2") CHECK(one.source_value + " " + one.target_value == "0x00ff 0x01ff");
        if (one.key == "id=3") CHECK(one.source_value + "|" + one.target_value == "NULL|");
    }
}

TEST_CASE("what moved across a column's border is not taken for equal") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20), b VARCHAR(20), c VARBINARY(20) NOT NULL);"
                  "INSERT INTO t VALUES (1, 'ab', 'c', ''), (2, NULL, 'x', ''), (3, '', 'x', ''), (4, '1:a,1', 'b', ''), "
                  "(5, 'a', 'b', ',1:');");
    sides.on_target("UPDATE t SET a = 'a', b = 'bc' WHERE id = 1; UPDATE t SET a = 'x', b = NULL WHERE id = 2;"
                    "UPDATE t SET a = 'x', b = '' WHERE id = 3; UPDATE t SET a = '1:a', b = '1,b' WHERE id = 4;"
                    "UPDATE t SET a = 'a,1:', b = 'b', c = '' WHERE id = 5;");
    for (const ValidationLevel level : {ValidationLevel::checksum, ValidationLevel::rows})
        CHECK(named(sides.validate(level)) ==
              std::vector<std::string>{"different t id=1 a", "different t id=2 a", "different t id=3 a", "different t id=4 a",
                                       "different t id=5 a"});
}

TEST_CASE("generated columns are compared as well, and no other column than the wrong one is named") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    const char* const rows = "INSERT INTO t (id, n) VALUES (1, 1), (2, 2), (3, NULL);";
    sides.on_source("CREATE TABLE t (id INT PRIMARY KEY, n INT, v INT AS (n * 2) VIRTUAL, s INT AS (n + 1) STORED);" +
                    std::string(rows));
    sides.on_target("CREATE TABLE t (id INT PRIMARY KEY, n INT, v INT AS (n + 2) VIRTUAL, s INT AS (n * 2) STORED);" +
                    std::string(rows));
    for (const ValidationLevel level : {ValidationLevel::checksum, ValidationLevel::rows})
        CHECK(named(sides.validate(level)) == std::vector<std::string>{"different t id=1 v", "different t id=2 s"});
}

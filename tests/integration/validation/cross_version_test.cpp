#include <catch2/catch.hpp>

#include "tests/integration/validation/sides.hpp"
#include "tests/support/skip.hpp"

using namespace transload;
using namespace transload::test;

namespace {

/// Doubles all over the range, from bits that a generator with a seed throws.
std::string many_doubles() {
    std::string script = "CREATE TABLE doubles (id INT PRIMARY KEY, d DOUBLE, f FLOAT);\n";
    std::uint64_t state = 42;
    std::string rows;
    for (int id = 0; id < 4'000; ++id) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        const double mantissa = static_cast<double>(state >> 11) / 9007199254740992.0;
        const int exponent = static_cast<int>((state >> 20) % 600) - 300;
        char text[64];
        std::snprintf(text, sizeof text, "%s(%d, %.17ge%d, %.9ge%d)", rows.empty() ? "" : ", ", id, mantissa, exponent,
                      mantissa, exponent % 37);
        rows += text;
    }
    return script + "INSERT INTO doubles VALUES " + rows + ";\n";
}

void check_identical(Flavour source, Flavour target) {
    if (!available(source) || !available(target)) SKIP_TEST("the servers are not installed");
    Sides sides(shared_server(source, "source"), shared_server(target, "target"));
    sides.on_both(many_doubles());
    sides.on_both("CREATE TABLE words (w VARCHAR(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci PRIMARY KEY, n DECIMAL(20,5), "
                  "at DATETIME(6), l VARCHAR(9) CHARACTER SET latin1, e ENUM('x','y',''), s SET('p','q'), b BIT(40), "
                  "t LONGTEXT, g GEOMETRY, y YEAR, ts TIMESTAMP(2) NULL);"
                  "INSERT INTO words VALUES ('a', 1, '2024-01-01 00:00:00.5', _latin1 x'e9', 'x', 'p,q', b'101', 'long', "
                  "ST_GeomFromText('POINT(1 2)'), 2024, '2024-01-01 12:00:00.25'), ('Bb', NULL, NULL, NULL, NULL, NULL, NULL, "
                  "NULL, NULL, NULL, NULL), (_utf8mb4 x'c3b6', -0.00001, '0000-00-00', '', 0, '', 0, '', NULL, 0, '0000-00-00');");
    CHECK(clean(sides.validate(ValidationLevel::checksum)));
    CHECK(clean(sides.validate(ValidationLevel::rows)));
    sides.on_target("UPDATE doubles SET d = d * (1 + 3e-16) WHERE id = 77; UPDATE words SET ts = '2024-01-01 12:00:00.26' "
                    "WHERE w = 'a';");
    for (const ValidationLevel level : {ValidationLevel::checksum, ValidationLevel::rows})
        CHECK(named(sides.validate(level)) == std::vector<std::string>{"different doubles id=77 d", "different words w='a' ts"});
    CHECK(sides.validate(ValidationLevel::checksum, true).summary.repaired == 2);
    CHECK(clean(sides.validate(ValidationLevel::checksum)));
}

}  // namespace

TEST_CASE("equal rows of MySQL 8.0 and MySQL 9 have equal digests") { check_identical(Flavour::mysql80, Flavour::mysql97); }

TEST_CASE("equal rows of MySQL 9 and MySQL 8.0 have equal digests") { check_identical(Flavour::mysql97, Flavour::mysql80); }

TEST_CASE("equal rows of MySQL 8.0 and MariaDB have equal digests") { check_identical(Flavour::mysql80, Flavour::mariadb); }

TEST_CASE("equal rows of MariaDB and MySQL 9 have equal digests") { check_identical(Flavour::mariadb, Flavour::mysql97); }

TEST_CASE("JSON of MySQL and JSON text of MariaDB are compared by what they mean") {
    if (!available(Flavour::mysql80) || !available(Flavour::mariadb)) SKIP_TEST("the servers are not installed");
    Sides sides(shared_server(Flavour::mariadb, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both("CREATE TABLE t (id INT PRIMARY KEY, j JSON);"
                  "INSERT INTO t VALUES (1, '{\"bb\":1,   \"a\":[1.5,true,null]}'), (2, '\"x\"'), (3, NULL), (4, '[]');");
    CHECK(clean(sides.validate(ValidationLevel::checksum)));
    sides.on_target("UPDATE t SET j = NULL WHERE id = 1; UPDATE t SET j = '{\"bb\":1.0,   \"a\":[1.5,true,null]}' WHERE id = 1; UPDATE t SET j = '{}' WHERE id = 4;");
    CHECK(named(sides.validate(ValidationLevel::checksum)) ==
          std::vector<std::string>{"different t id=1 j", "different t id=4 j"});
}

TEST_CASE("text that was converted to another character set is equal, text that lost something is not") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_source("CREATE TABLE t (id INT PRIMARY KEY, c VARCHAR(20) CHARACTER SET latin1, x TEXT CHARACTER SET sjis, "
                    "u VARCHAR(9) CHARACTER SET utf8, e ENUM('a','b'));"
                    "INSERT INTO t VALUES (1, _latin1 x'e980', _sjis x'835c', 'u', 'a'), (2, _latin1 x'e9', NULL, NULL, 'b');");
    sides.on_target("CREATE TABLE t (id INT PRIMARY KEY, c VARCHAR(20) CHARACTER SET utf8mb4, x TEXT CHARACTER SET utf8mb4, "
                    "u VARCHAR(9) CHARACTER SET utf8mb4, e ENUM('b','a'));"
                    "INSERT INTO t VALUES (1, _latin1 x'e980', _sjis x'835c', 'u', 'a'), (2, _latin1 x'e9', NULL, NULL, 'b');");
    CHECK(clean(sides.validate(ValidationLevel::checksum)));
    CHECK(clean(sides.validate(ValidationLevel::rows)));
    sides.on_target("UPDATE t SET c = CONCAT(_latin1 x'e9', '?') WHERE id = 1; UPDATE t SET e = 'a' WHERE id = 2;");
    CHECK(named(sides.validate(ValidationLevel::checksum)) ==
          std::vector<std::string>{"different t id=1 c", "different t id=2 e"});
}

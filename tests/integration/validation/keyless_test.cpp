#include <catch2/catch.hpp>

#include "tests/integration/validation/sides.hpp"
#include "tests/support/skip.hpp"

using namespace transload;
using namespace transload::test;

namespace {

void check_keyless(Flavour source, Flavour target) {
    if (!available(source) || !available(target)) SKIP_TEST("the servers are not installed");
    Sides sides(shared_server(source, "source"), shared_server(target, "target"));
    sides.on_both("CREATE TABLE t (a INT, b VARCHAR(20), UNIQUE KEY (a), KEY (b));"
                  "INSERT INTO t VALUES (NULL, 'x'), (NULL, 'x'), (NULL, NULL), (1, 'x'), (2, 'y'), (3, 'Y'), (NULL, NULL);");
    CHECK(clean(sides.validate(ValidationLevel::checksum)));
    CHECK(clean(sides.validate(ValidationLevel::rows)));

    // One value changed: to a table without a key that is a missing row and an extra one.
    sides.on_target("UPDATE t SET b = 'Y' WHERE a = 2;");
    for (const ValidationLevel level : {ValidationLevel::checksum, ValidationLevel::rows}) {
        const ValidationOutcome outcome = sides.validate(level);
        CHECK(outcome.summary.mismatches == 2);
        const auto names = named(outcome);
        REQUIRE(names.size() == 2);
        CHECK(names[0].starts_with("extra t row digest "));
        CHECK(names[1].starts_with("missing t row digest "));
    }
    CHECK(sides.validate(ValidationLevel::checksum, true).summary.repaired == 2);
    CHECK(clean(sides.validate(ValidationLevel::checksum)));

    // Doubled, halved, and a pair of equal rows exchanged for another pair: what XOR alone would not see.
    sides.on_target("DELETE FROM t WHERE a IS NULL; INSERT INTO t VALUES (NULL, 'x'), (NULL, 'x'), (NULL, 'x'), (NULL, 'q'), "
                    "(NULL, 'q'), (4, 'z');");
    const ValidationOutcome outcome = sides.validate(ValidationLevel::checksum);
    CHECK(outcome.tables.at(0).source_rows == 7);
    CHECK(outcome.tables.at(0).target_rows == 9);
    CHECK(outcome.summary.mismatches == 6);  // x once too often, NULL twice missing, q twice and z once too many
    const ValidationOutcome mended = sides.validate(ValidationLevel::checksum, true);
    CHECK(mended.summary.mismatches == 0);
    CHECK(mended.summary.repaired == 6);
    CHECK(mended.tables.at(0).target_rows == 7);
    CHECK(clean(sides.validate(ValidationLevel::rows)));

    // A swap of unique values between rows can only be mended when both go before one comes back.
    sides.on_target("UPDATE t SET a = 9 WHERE a = 1; UPDATE t SET a = 1 WHERE a = 2; UPDATE t SET a = 2 WHERE a = 9;");
    CHECK(sides.validate(ValidationLevel::checksum, true).summary.mismatches == 0);
    CHECK(query(sides.source(), "SELECT a, b FROM t ORDER BY 1, 2", sides.database()) ==
          query(sides.target(), "SELECT a, b FROM t ORDER BY 1, 2", sides.database()));
}

}  // namespace

TEST_CASE("a table without a key is compared and mended as a multiset of rows on MySQL") {
    check_keyless(Flavour::mysql80, Flavour::mysql80);
}

TEST_CASE("a table without a key is compared and mended as a multiset of rows on MariaDB") {
    check_keyless(Flavour::mariadb, Flavour::mariadb);
}

TEST_CASE("a table without a key is compared and mended as a multiset of rows from MariaDB to MySQL 9") {
    check_keyless(Flavour::mariadb, Flavour::mysql97);
}

TEST_CASE("a large table without a key that is wrong all over is counted exactly and mended") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both("SET cte_max_recursion_depth = 100000; CREATE TABLE t (a INT, b CHAR(20)); INSERT INTO t WITH RECURSIVE n(i) AS "
                  "(SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 29999) SELECT i DIV 2, 'row' FROM n;");
    sides.on_target("UPDATE t SET b = 'ROW' WHERE a % 10 = 0; DELETE FROM t WHERE a = 5 LIMIT 1;");
    const ValidationOutcome outcome = sides.validate(ValidationLevel::checksum);
    CHECK(outcome.summary.mismatches == 2 * 3000 + 1);
    CHECK(outcome.summary.details.size() == 1000);
    const ValidationOutcome mended = sides.validate(ValidationLevel::checksum, true);
    CHECK(mended.summary.mismatches == 0);
    CHECK(mended.summary.repaired == 6001);
    CHECK(clean(sides.validate(ValidationLevel::checksum)));
}

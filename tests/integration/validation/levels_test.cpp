#include <algorithm>
#include <catch2/catch.hpp>

#include "adapters/mysql/consistent_view.hpp"
#include "tests/integration/validation/sides.hpp"
#include "tests/support/skip.hpp"

using namespace transload;
using namespace transload::test;

namespace {

std::string numbers(int count, const std::string& table = "t") {
    return "SET cte_max_recursion_depth = 1000000; CREATE TABLE " + table + " (id INT PRIMARY KEY, v VARCHAR(30)); INSERT INTO " +
           table + " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(count) +
           ") SELECT i, CONCAT('v', i) FROM n;";
}

}  // namespace

TEST_CASE("level counts counts every table on both sides and says which are not equal") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both(numbers(1000, "a") + numbers(10, "b") + "CREATE TABLE nothing (x INT);");
    const ValidationOutcome equal = sides.validate(ValidationLevel::counts);
    CHECK(clean(equal));
    CHECK(equal.summary.level == "counts");
    CHECK(equal.summary.position != "");
    REQUIRE(equal.tables.size() == 3);
    CHECK(equal.tables[0].source_rows == 1000);
    CHECK(equal.tables[0].key == "PRIMARY");
    CHECK(equal.tables[0].validated == "counts");

    sides.on_target("DELETE FROM a WHERE id > 997; INSERT INTO nothing VALUES (1);");
    const ValidationOutcome outcome = sides.validate(ValidationLevel::counts);
    CHECK(outcome.summary.mismatches == 4);
    CHECK(outcome.tables[0].target_rows == 997);
    CHECK(named(outcome) == std::vector<std::string>{"extra nothing 1 rows, by counts: 0 on the source, 1 on the target",
                                                     "missing a 3 rows, by counts: 1000 on the source, 997 on the target"});
}

TEST_CASE("level sample compares the same share of the chunks for the same seed") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both(numbers(2000));
    sides.rows_per_chunk = 20;  // 100 chunks and the open one at the end
    sides.spec.sample_share = 0.25;
    CHECK(clean(sides.validate(ValidationLevel::sample)));
    sides.on_target("UPDATE t SET v = 'wrong' WHERE id % 20 = 7;");  // one in each chunk
    const ValidationOutcome one = sides.validate(ValidationLevel::sample);
    CHECK(one.summary.mismatches >= 25);
    CHECK(one.summary.mismatches <= 26);
    CHECK(named(one) == named(sides.validate(ValidationLevel::sample)));
    CHECK(one.tables.at(0).source_rows == 2000);
    sides.spec.sample_seed = 99;
    CHECK(named(one) != named(sides.validate(ValidationLevel::sample)));
    sides.spec.sample_share = 1;
    CHECK(sides.validate(ValidationLevel::sample).summary.mismatches == 100);
}

TEST_CASE("a row that is missing outside the sample still shows in the counts") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both(numbers(2000));
    sides.rows_per_chunk = 20;
    sides.spec.sample_share = 0.0001;  // one chunk
    sides.on_target("DELETE FROM t WHERE id IN (10, 1010);");  // at least one of them is not in it
    const ValidationOutcome outcome = sides.validate(ValidationLevel::sample);
    CHECK(outcome.summary.mismatches >= 1);
    CHECK(outcome.tables.at(0).target_rows == 1998);
}

TEST_CASE("a table that is missing on the target is one clear mismatch and does not stop the others") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both(numbers(10, "there"));
    sides.on_source(numbers(20, "gone"));
    for (const ValidationLevel level :
         {ValidationLevel::counts, ValidationLevel::sample, ValidationLevel::checksum, ValidationLevel::rows}) {
        RecordingControl control;
        const ValidationOutcome outcome = sides.validate(level, true, control);
        REQUIRE(outcome.tables.size() == 2);
        CHECK(outcome.tables[0].source_rows == 20);
        CHECK(outcome.tables[0].target_rows == 0);
        CHECK(outcome.tables[0].mismatches == 20);
        CHECK(outcome.tables[1].mismatches == 0);
        REQUIRE(outcome.summary.details.size() == 1);
        CHECK(outcome.summary.details[0].kind == MismatchKind::missing);
        CHECK(outcome.summary.details[0].key.find("does not exist on the target") != std::string::npos);
        CHECK(control.events().size() == 1);
    }
}

TEST_CASE("a column that is missing on the target is named and the rest is compared") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both(numbers(10));
    sides.on_source("ALTER TABLE t ADD COLUMN lost INT;");
    sides.on_target("UPDATE t SET v = 'x' WHERE id = 4;");
    const ValidationOutcome outcome = sides.validate(ValidationLevel::checksum);
    CHECK(named(outcome) == std::vector<std::string>{"different t id=4 v", "missing t the whole column lost"});
}

TEST_CASE("names of every hostile kind are quoted") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    const std::string script = "CREATE TABLE `a``b \"c' .%$;-- é` (`se``lect '\"` INT PRIMARY KEY, `a.b` VARCHAR(9), `j` JSON, "
                               "`transload_d` INT, `m` INT, `a` INT);"
                               "INSERT INTO `a``b \"c' .%$;-- é` VALUES (1, 'x', '{\"a\": 1.5}', 1, 2, 3), (2, 'y', NULL, 1, 2, 3);";
    sides.on_both(script);
    CHECK(clean(sides.validate(ValidationLevel::checksum)));
    CHECK(clean(sides.validate(ValidationLevel::rows)));
    sides.on_target("UPDATE `a``b \"c' .%$;-- é` SET `a.b` = 'z' WHERE `se``lect '\"` = 2;");
    const ValidationOutcome outcome = sides.validate(ValidationLevel::rows, true);
    CHECK(outcome.summary.repaired == 1);
    REQUIRE(outcome.summary.details.size() == 1);
    CHECK(outcome.summary.details[0].column == "a.b");
    CHECK(clean(sides.validate(ValidationLevel::checksum)));
}

TEST_CASE("the target may have another database name, and invisible columns count") {
    if (!available(Flavour::mariadb)) SKIP_TEST("MariaDB is not installed");
    Sides sides(shared_server(Flavour::mariadb, "source"), shared_server(Flavour::mariadb, "target"));
    const TestDatabase other({&sides.target()}, {}, "other");
    sides.on_source("CREATE TABLE t (id INT PRIMARY KEY, hidden INT INVISIBLE DEFAULT 7, u UUID, i INET6);"
                    "INSERT INTO t (id, hidden, u, i) VALUES (1, 1, '123e4567-e89b-12d3-a456-426655440000', '::1'), (2, 2, NULL, NULL);");
    sql(sides.target(),
        "CREATE TABLE t (id INT PRIMARY KEY, hidden INT INVISIBLE DEFAULT 7, u UUID, i INET6);"
        "INSERT INTO t (id, hidden, u, i) VALUES (1, 1, '123e4567-e89b-12d3-a456-426655440000', '::1'), (2, 3, NULL, NULL);",
        other.name());
    sides.spec.databases = {{sides.database(), other.name()}};
    for (const ValidationLevel level : {ValidationLevel::checksum, ValidationLevel::rows})
        CHECK(named(sides.validate(level)) == std::vector<std::string>{"different t id=2 hidden"});
    CHECK(sides.validate(ValidationLevel::checksum, true).tables.at(0).target_name == other.name() + ".t");
    CHECK(clean(sides.validate(ValidationLevel::rows)));
}

TEST_CASE("the source is read through the given view, as it was when the view was opened") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_both(numbers(100));
    JobSpec spec = sides.spec;
    spec.validate = ValidationLevel::checksum;
    const auto tables = sides.plans();
    const std::shared_ptr<SourceView> view = mysql::ConsistentView::open(spec.source, 2);
    sides.on_source("DELETE FROM t WHERE id < 50; UPDATE t SET v = 'later';");
    RecordingControl control;
    const ValidationOutcome outcome = mysql::MysqlValidator().validate({spec, tables, view}, control);
    CHECK(clean(outcome));
    CHECK(outcome.tables.at(0).source_rows == 100);
    CHECK(outcome.summary.position == view->position());
    const auto progress = control.progress_seen();
    REQUIRE_FALSE(progress.empty());
    CHECK(progress.back().phase == "validated");
    CHECK(progress.back().rows_done == 100);
}

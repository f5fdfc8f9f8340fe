#include <catch2/catch.hpp>

#include "tests/integration/preflight/inspection.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;

namespace {

struct Pair {
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    const TestServer& target = shared_server(Flavour::mysql80, "target");
    TestDatabase database{{&source, &target}};
    JobSpec spec = job_of(source, target, database.name());
    void on_source(std::string_view script) { sql(source, script, database.name()); }
    void on_target(std::string_view script) { sql(target, script, database.name()); }
};

}  // namespace

TEST_CASE("an existing table is refused, accepted or announced as the job says") {
    Pair pair;
    pair.on_source(
        "CREATE TABLE empty_one (id INT PRIMARY KEY); CREATE TABLE full_one (id INT PRIMARY KEY);"
        "CREATE TABLE absent_one (id INT PRIMARY KEY)");
    pair.on_target(
        "CREATE TABLE empty_one (id INT PRIMARY KEY); CREATE TABLE full_one (id INT PRIMARY KEY);"
        "INSERT INTO full_one VALUES (1); CREATE TABLE unrelated (id INT)");
    const std::string empty_one = pair.database.name() + ".empty_one",
                      full_one = pair.database.name() + ".full_one";
    const auto severity = [&](const std::string& object) {
        const Findings findings = inspect(pair.spec);
        const Finding* finding = find(findings, "target.table_exists", object);
        return finding ? static_cast<int>(finding->severity) : -1;
    };
    const int error = static_cast<int>(Severity::error), warning = static_cast<int>(Severity::warning);

    pair.spec.if_exists = IfExists::refuse;
    CHECK(severity(empty_one) == error);
    CHECK(severity(full_one) == error);
    pair.spec.if_exists = IfExists::empty_ok;
    CHECK(severity(empty_one) == -1);
    CHECK(severity(full_one) == error);
    pair.spec.if_exists = IfExists::truncate;
    CHECK(severity(empty_one) == warning);
    CHECK(severity(full_one) == warning);
    pair.spec.if_exists = IfExists::drop;
    const Findings findings = inspect(pair.spec);
    CHECK_THAT(find(findings, "target.table_exists", full_one)->message, Catch::Contains("has rows"));
    CHECK_THAT(find(findings, "target.table_exists", full_one)->message, Catch::Contains("dropped"));
    CHECK_FALSE(has(findings, "target.table_exists", pair.database.name() + ".absent_one"));
    CHECK_FALSE(has(findings, "target.table_exists", pair.database.name() + ".unrelated"));
    CHECK(errors(findings).empty());
}

TEST_CASE("views, routines, triggers and events of the same name are refused until they are dropped") {
    Pair pair;
    constexpr std::string_view objects = R"sql(
        CREATE VIEW `v``1` AS SELECT 1 AS one;
        CREATE PROCEDURE p() SELECT 1;
        CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1;
        CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1;
    )sql";
    pair.on_source(
        "CREATE TABLE t (id INT PRIMARY KEY);"
        "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.id = NEW.id");
    pair.on_source(objects);
    pair.on_target(objects);
    pair.on_target(
        "CREATE TABLE other (id INT PRIMARY KEY);"
        "CREATE TRIGGER tr BEFORE INSERT ON other FOR EACH ROW SET NEW.id = NEW.id");
    Findings findings = inspect(pair.spec);
    CAPTURE(describe(findings));
    for (const std::string_view name : {"v`1", "p", "f", "e", "tr"}) {
        const Finding* finding =
            find(findings, "target.object_exists", pair.database.name() + "." + std::string(name));
        CAPTURE(name);
        REQUIRE(finding);
        CHECK(finding->severity == Severity::error);
        sql(pair.target, finding->remedy.substr(0, finding->remedy.find(" on the target")));
    }
    findings = inspect(pair.spec);
    CAPTURE(describe(findings));
    CHECK(errors(findings).empty());

    pair.on_target("CREATE PROCEDURE p() SELECT 1");
    pair.spec.if_exists = IfExists::drop;
    findings = inspect(pair.spec);
    REQUIRE(has(findings, "target.object_exists", pair.database.name() + ".p"));
    CHECK_THAT(find(findings, "target.object_exists")->message, Catch::Contains("must be equal"));
    CHECK(errors(findings).empty());
}

TEST_CASE("a view where a table is to be, and a table where a view is to be, are refused") {
    Pair pair;
    pair.on_source("CREATE TABLE a (id INT PRIMARY KEY); CREATE VIEW b AS SELECT 1 AS one");
    pair.on_target("CREATE VIEW a AS SELECT 1 AS one; CREATE TABLE b (id INT)");
    const Findings findings = inspect(pair.spec);
    CHECK(has(findings, "target.object_exists", pair.database.name() + ".a"));
    CHECK(has(findings, "target.object_exists", pair.database.name() + ".b"));
    pair.spec.if_exists = IfExists::truncate;
    CHECK(errors(inspect(pair.spec)) == std::vector<std::string>{"target.object_exists"});
    pair.spec.if_exists = IfExists::drop;
    CHECK(errors(inspect(pair.spec)).empty());
}

TEST_CASE("a trigger that would fire for loaded rows is refused unless its table is dropped") {
    Pair pair;
    pair.on_source(
        "CREATE TABLE t (id INT PRIMARY KEY);"
        "CREATE TRIGGER known BEFORE INSERT ON t FOR EACH ROW SET NEW.id = NEW.id");
    pair.on_target(
        "CREATE TABLE t (id INT PRIMARY KEY);"
        "CREATE TRIGGER known BEFORE INSERT ON t FOR EACH ROW SET NEW.id = NEW.id;"
        "CREATE TRIGGER fires BEFORE INSERT ON t FOR EACH ROW SET NEW.id = NEW.id;"
        "CREATE TRIGGER rests BEFORE DELETE ON t FOR EACH ROW SET @x = 1");
    for (const IfExists choice : {IfExists::empty_ok, IfExists::truncate}) {
        pair.spec.if_exists = choice;
        const Findings findings = inspect(pair.spec);
        CHECK(has(findings, "target.trigger_fires", pair.database.name() + ".fires"));
        CHECK_FALSE(has(findings, "target.trigger_fires", pair.database.name() + ".rests"));
        CHECK_FALSE(has(findings, "target.trigger_fires", pair.database.name() + ".known"));
    }
    pair.spec.if_exists = IfExists::drop;
    CHECK_FALSE(has(inspect(pair.spec), "target.trigger_fires"));
}

TEST_CASE("a table that stays and refers to one that goes is a warning") {
    Pair pair;
    pair.on_source("CREATE TABLE t (id INT PRIMARY KEY)");
    pair.on_target(
        "CREATE TABLE t (id INT PRIMARY KEY);"
        "CREATE TABLE stays (id INT PRIMARY KEY, t INT, CONSTRAINT fk FOREIGN KEY (t) REFERENCES t (id))");
    pair.spec.if_exists = IfExists::drop;
    const Findings findings = inspect(pair.spec);
    const Finding* finding = find(findings, "target.foreign_key_refers", pair.database.name() + ".stays");
    REQUIRE(finding);
    sql(pair.target, finding->remedy.substr(0, finding->remedy.find(" on the target")));
    CHECK_FALSE(has(inspect(pair.spec), "target.foreign_key_refers"));
}

TEST_CASE("a table that differs from a selected one only in case is a warning") {
    Pair pair;
    pair.on_source("CREATE TABLE Orders (id INT PRIMARY KEY)");
    pair.on_target("CREATE TABLE orders (id INT PRIMARY KEY)");
    const Findings findings = inspect(pair.spec);
    CHECK(has(findings, "pair.case_clash", pair.database.name() + ".orders"));
    CHECK_FALSE(has(findings, "target.table_exists"));
}

#include <catch2/catch.hpp>

#include "orchestrator/plan/error.hpp"
#include "tests/integration/preflight/inspection.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"

using namespace transload;
using namespace transload::test;

namespace {

struct Pair {
    explicit Pair(Flavour flavour)
        : source(shared_server(flavour, "source")), target(shared_server(flavour, "target")) {}
    const TestServer& source;
    const TestServer& target;
    TestDatabase database{{&source}, {&target}};
    JobSpec spec = job_of(source, target, database.name());
    void on_source(std::string_view script) { sql(source, script, database.name()); }
    [[nodiscard]] std::string object(const std::string& name) const { return database.name() + "." + name; }
};

}  // namespace

TEST_CASE("a view that refers to something missing is named and can be excluded") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mysql97, Flavour::mariadb);
    if (!available(flavour)) SKIP_TEST(name_of(flavour) << " is not installed");
    Pair pair(flavour);
    pair.on_source(
        "CREATE TABLE t (id INT PRIMARY KEY, v INT); CREATE TABLE gone (id INT PRIMARY KEY);"
        "CREATE VIEW good AS SELECT id FROM t; CREATE VIEW no_table AS SELECT * FROM gone;"
        "CREATE VIEW no_column AS SELECT v FROM t; CREATE VIEW above AS SELECT * FROM no_table;"
        "DROP TABLE gone; ALTER TABLE t DROP COLUMN v");
    Findings findings = inspect(pair.spec);
    CAPTURE(describe(findings));
    for (const std::string_view name : {"no_table", "no_column", "above"}) {
        const Finding* finding = find(findings, "view.broken", pair.object(std::string(name)));
        CAPTURE(name);
        REQUIRE(finding);
        CHECK(finding->severity == Severity::error);
        CHECK_THAT(finding->remedy, Catch::Contains("--exclude '" + std::string(name) + "'"));
    }
    CHECK_FALSE(has(findings, "view.broken", pair.object("good")));
    pair.spec.tables.exclude = {"no_*", "above"};
    findings = inspect(pair.spec);
    CAPTURE(describe(findings));
    CHECK(errors(findings).empty());
}

TEST_CASE("a view whose definer is gone or lacks rights is a warning, since it can be created") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mysql97, Flavour::mariadb);
    if (!available(flavour)) SKIP_TEST(name_of(flavour) << " is not installed");
    Pair pair(flavour);
    const std::string user = ("p" + pair.database.name()).substr(0, 32);
    pair.on_source(
        "CREATE TABLE t (id INT PRIMARY KEY); CREATE DEFINER = nobody_here@'%' VIEW orphan AS SELECT id FROM "
        "t;"
        "CREATE USER " +
        user + "; CREATE DEFINER = " + user + " VIEW poor AS SELECT id FROM t");
    const Findings findings = inspect(pair.spec);
    sql(pair.source, "DROP USER " + user);
    CAPTURE(describe(findings));
    CHECK(has(findings, "view.unusable", pair.object("orphan")));
    CHECK(has(findings, "view.unusable", pair.object("poor")));
    CHECK(has(findings, "object.definer_absent", "nobody_here@%"));
    CHECK(errors(findings).empty());
}

TEST_CASE("a view that uses what is not selected is refused, or warned of when the target has it") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mariadb);
    if (!available(flavour)) SKIP_TEST(name_of(flavour) << " is not installed");
    Pair pair(flavour);
    const TestDatabase other({&pair.source}, {&pair.target});
    sql(pair.source, "CREATE TABLE far (id INT PRIMARY KEY)", other.name());
    pair.on_source(
        "CREATE TABLE t (id INT PRIMARY KEY); CREATE TABLE left_out (id INT PRIMARY KEY);"
        "CREATE VIEW a AS SELECT id FROM left_out; CREATE VIEW b AS SELECT id FROM " +
        other.name() + ".far; CREATE VIEW c AS SELECT id FROM t");
    pair.spec.tables.exclude = {"left_out"};
    Findings findings = inspect(pair.spec);
    CAPTURE(describe(findings));
    REQUIRE(has(findings, "selection.view_needs", pair.object("a")));
    REQUIRE(has(findings, "selection.view_needs", pair.object("b")));
    CHECK(find(findings, "selection.view_needs", pair.object("b"))->severity == Severity::error);
    CHECK_FALSE(has(findings, "selection.view_needs", pair.object("c")));
    sql(pair.target, "CREATE DATABASE " + other.name() + "; CREATE TABLE " + other.name() + ".far (id INT)");
    findings = inspect(pair.spec);
    CHECK(find(findings, "selection.view_needs", pair.object("b"))->severity == Severity::warning);
}

TEST_CASE("a foreign key to a table that is not selected is refused") {
    Pair pair(Flavour::mysql80);
    pair.on_source(
        "CREATE TABLE parent (id INT PRIMARY KEY);"
        "CREATE TABLE child (id INT PRIMARY KEY, p INT, CONSTRAINT fk FOREIGN KEY (p) REFERENCES parent "
        "(id))");
    CHECK_FALSE(has(inspect(pair.spec), "selection.foreign_key_parent"));
    pair.spec.tables.exclude = {"parent"};
    Findings findings = inspect(pair.spec);
    REQUIRE(has(findings, "selection.foreign_key_parent", pair.object("child")));
    CHECK(find(findings, "selection.foreign_key_parent")->severity == Severity::error);
    sql(pair.target, "CREATE DATABASE " + pair.database.name() + "; CREATE TABLE " + pair.database.name() +
                         ".parent (id INT PRIMARY KEY)");
    findings = inspect(pair.spec);
    CHECK(find(findings, "selection.foreign_key_parent")->severity == Severity::warning);
    pair.spec.tables = {{"parent"}, {}};
    CHECK_FALSE(has(inspect(pair.spec), "selection.foreign_key_parent"));
}

TEST_CASE("a name without wildcards that does not exist is refused, a pattern that matches nothing is not") {
    Pair pair(Flavour::mysql80);
    pair.on_source(
        "CREATE TABLE t (id INT PRIMARY KEY); CREATE VIEW v AS SELECT 1 AS one; CREATE TABLE `a*b` (id INT)");
    pair.spec.tables.include = {"t", "v", "nothing_here", "x_*", pair.database.name() + ".t", "a\\*b"};
    const Findings findings = inspect(pair.spec);
    CAPTURE(describe(findings));
    CHECK(errors(findings) == std::vector<std::string>{"selection.no_such_table"});
    CHECK(find(findings, "selection.no_such_table")->object == "nothing_here");
    REQUIRE(has(findings, "selection.pattern_unused", "x_*"));
    CHECK(find(findings, "selection.pattern_unused")->severity == Severity::warning);
}

TEST_CASE("a selection that finds nothing at all is refused, a database of routines alone is not") {
    Pair pair(Flavour::mysql80);
    pair.on_source("CREATE TABLE t (id INT PRIMARY KEY); CREATE VIEW v AS SELECT 1 AS one");
    pair.spec.tables.include = {"zzz*"};
    Findings findings = inspect(pair.spec);
    CAPTURE(describe(findings));
    CHECK(errors(findings) == std::vector<std::string>{"selection.empty"});
    CHECK(find(findings, "selection.empty")->object == pair.database.name());
    CHECK_FALSE(has(findings, "selection.pattern_unused"));
    pair.spec.tables = {{"*"}, {"*"}};
    CHECK(errors(inspect(pair.spec)) == std::vector<std::string>{"selection.empty"});
    pair.spec.tables = {{"v*"}, {}};
    findings = inspect(pair.spec);
    CHECK(errors(findings).empty());
    CHECK(find(findings, "selection.empty")->severity == Severity::warning);

    pair.spec.tables = {};
    pair.on_source("DROP VIEW v; DROP TABLE t");
    CHECK(errors(inspect(pair.spec)) == std::vector<std::string>{"selection.empty"});
    pair.on_source("CREATE PROCEDURE p() DETERMINISTIC SELECT 1");
    CHECK_FALSE(find(inspect(pair.spec), "selection.empty")->severity == Severity::error);
}

TEST_CASE("a table that shows rows of others is refused and can be excluded") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mariadb);
    if (!available(flavour)) SKIP_TEST(name_of(flavour) << " is not installed");
    Pair pair(flavour);
    pair.on_source(
        "CREATE TABLE one (id INT, KEY (id)) ENGINE = MyISAM; CREATE TABLE two LIKE one;"
        "CREATE TABLE both_ (id INT, KEY (id)) ENGINE = MERGE UNION = (one, two) INSERT_METHOD = LAST");
    Findings findings = inspect(pair.spec);
    CAPTURE(describe(findings));
    CHECK(errors(findings) == std::vector<std::string>{"table.engine_without_rows"});
    const Finding* finding = find(findings, "table.engine_without_rows", pair.object("both_"));
    REQUIRE(finding);
    CHECK_THAT(finding->remedy, Catch::Contains("--exclude 'both_'"));
    pair.spec.tables.exclude = {"both_"};
    CHECK(errors(inspect(pair.spec)).empty());
}

TEST_CASE("row times that are columns of a system-versioned table are refused, hidden ones are a warning") {
    if (!available(Flavour::mariadb)) SKIP_TEST("MariaDB is not installed");
    Pair pair(Flavour::mariadb);
    pair.on_source(
        "CREATE TABLE hidden (id INT PRIMARY KEY, c INT COMMENT 'GENERATED ALWAYS AS ROW START') WITH SYSTEM "
        "VERSIONING;"
        "CREATE TABLE shown (id INT PRIMARY KEY, s TIMESTAMP(6) GENERATED ALWAYS AS ROW START,"
        "e TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (s, e)) WITH SYSTEM VERSIONING");
    const Findings findings = inspect(pair.spec);
    CAPTURE(describe(findings));
    REQUIRE(has(findings, "table.system_versioned", pair.object("hidden")));
    CHECK(find(findings, "table.system_versioned", pair.object("hidden"))->severity == Severity::warning);
    const Finding* finding = find(findings, "table.system_versioned", pair.object("shown"));
    REQUIRE(finding);
    CHECK(finding->severity == Severity::error);
    // The remedy is what the server takes.
    const std::size_t begin = finding->remedy.find("SET SESSION");
    const std::size_t end = finding->remedy.find(" on the source");
    REQUIRE(begin != std::string::npos);
    REQUIRE(end != std::string::npos);
    pair.on_source(finding->remedy.substr(begin, end - begin));
    CHECK_FALSE(has(inspect(pair.spec), "table.system_versioned", pair.object("shown")));
}

TEST_CASE("events and their time zones are looked at on both sides") {
    Pair pair(Flavour::mysql80);
    pair.on_source(
        "CREATE TABLE t (id INT PRIMARY KEY); CREATE EVENT e ON SCHEDULE EVERY 1 YEAR DO SELECT 1");
    const Findings findings = inspect(pair.spec);
    REQUIRE(has(findings, "object.events_fire_twice"));  // MySQL 8.0 runs its scheduler unasked
    CHECK(find(findings, "object.events_fire_twice")->severity == Severity::warning);
}

TEST_CASE("a table without a key, of another engine or with other storage is told") {
    Pair pair(Flavour::mysql80);
    pair.on_source(
        "CREATE TABLE heap (id INT); CREATE TABLE isam (id INT PRIMARY KEY) ENGINE = MyISAM;"
        "CREATE TABLE mem (id INT PRIMARY KEY) ENGINE = MEMORY; CREATE TABLE _t_gho (id INT PRIMARY KEY);"
        "CREATE TABLE innocent (id INT PRIMARY KEY COMMENT 'DATA DIRECTORY TABLESPACE CHECK (') "
        "COMMENT = 'KEY_BLOCK_SIZE'");
    const Findings findings = inspect(pair.spec);
    CAPTURE(describe(findings));
    CHECK(has(findings, "table.no_key", pair.object("heap")));
    CHECK(has(findings, "table.not_transactional", pair.object("isam")));
    CHECK(has(findings, "table.special_engine", pair.object("mem")));
    CHECK(has(findings, "source.leftovers", pair.object("_t_gho")));
    CHECK(errors(findings).empty());
}

TEST_CASE("a table in a directory or tablespace of its own is told to lie elsewhere afterwards") {
    const TestServer server = TestServer::start(Flavour::mysql80, {.memory = "64M"});
    sql(server,
        "CREATE DATABASE shop; CREATE TABLESPACE elsewhere ADD DATAFILE 'elsewhere.ibd';"
        "CREATE TABLE shop.t (id INT PRIMARY KEY) TABLESPACE elsewhere;"
        "CREATE TABLE shop.own (id INT PRIMARY KEY) TABLESPACE innodb_file_per_table");
    const Findings findings = inspect(job_of(server, server, "shop", "shop2"));
    CHECK(has(findings, "table.external_storage", "shop.t"));
    CHECK_FALSE(has(findings, "table.external_storage", "shop.own"));
}

TEST_CASE("sequences and packages go to MariaDB and not to MySQL") {
    if (!available(Flavour::mariadb)) SKIP_TEST("MariaDB is not installed");
    Pair pair(Flavour::mariadb);
    pair.on_source(
        "CREATE TABLE t (id INT PRIMARY KEY) WITH SYSTEM VERSIONING; CREATE SEQUENCE s;"
        "SET sql_mode = ORACLE;\nDELIMITER //\n"
        "CREATE PACKAGE pk AS FUNCTION one RETURN INT; END//\n");
    Findings findings = inspect(pair.spec);
    CAPTURE(describe(findings));
    CHECK(has(findings, "table.system_versioned", pair.object("t")));
    REQUIRE(has(findings, "object.sequence", pair.object("s")));
    CHECK_FALSE(has(findings, "object.package"));
    CHECK(errors(findings).empty());

    JobSpec to_mysql = job_of(pair.source, shared_server(Flavour::mysql80, "target"), pair.database.name());
    findings = inspect(to_mysql);
    CHECK(find(findings, "object.sequence", pair.object("s"))->severity == Severity::error);
    CHECK(has(findings, "object.package", pair.object("pk")));
    to_mysql.tables.exclude = {"s"};
    CHECK_FALSE(has(inspect(to_mysql), "object.sequence"));
}

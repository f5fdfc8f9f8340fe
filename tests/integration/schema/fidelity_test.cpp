#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/integration/schema/schema_job.hpp"
#include "tests/support/compare.hpp"

using namespace transload;
using namespace transload::test;

namespace {
const std::vector<std::string> kNone;

/// Past one-shot events stay as they are only where no scheduler runs them.
ServerOptions quiet() {
    ServerOptions options;
    options.extra = {"--event-scheduler=OFF", "--log-bin-trust-function-creators=ON"};
    return options;
}
}  // namespace

TEST_CASE(
    "A hostile MySQL schema arrives with every SHOW CREATE identical, and the file alone gives it again") {
    const TestServer source = TestServer::start(Flavour::mysql80, quiet()),
                     target = TestServer::start(Flavour::mysql80, quiet());
    sql(source, "CREATE DATABASE hostile");
    load(source, "hostile_mysql.sql", "hostile");
    load_control_characters(source, "hostile");
    SchemaMove move(source, target, {{"hostile", "hostile"}});
    const SchemaReport report = move.run();
    CHECK(text_of(report.different) == "");
    CHECK(report.objects > 60);
    CHECK(report.identical == report.objects);
    CHECK(schema_differences(source, "hostile", target, "hostile") == kNone);

    sql(target, "CREATE DATABASE replayed");
    replay(move.changelog("hostile"), target, "replayed");
    CHECK(schema_differences(source, "hostile", target, "replayed") == kNone);
}

TEST_CASE("A hostile MySQL 8.0 schema is equivalent on MySQL 9, each difference with its reason") {
    const TestServer source = TestServer::start(Flavour::mysql80, quiet()),
                     target = TestServer::start(Flavour::mysql97, quiet());
    sql(source, "CREATE DATABASE hostile");
    load(source, "hostile_mysql.sql", "hostile");
    load_control_characters(source, "hostile");
    SchemaMove move(source, target, {{"hostile", "hostile"}});
    const SchemaReport report = move.run();
    CHECK(text_of(report.different, Severity::warning) == "");
    CHECK(report.identical + report.equivalent == report.objects);
    CHECK(report.equivalent > 0);
    for (const Finding& finding : report.different)
        CHECK(finding.message.find(": ") + 2 < finding.message.size());
}

TEST_CASE(
    "A hostile MariaDB schema arrives with every SHOW CREATE identical, and the file alone gives it again") {
    const TestServer source = TestServer::start(Flavour::mariadb, quiet()),
                     target = TestServer::start(Flavour::mariadb, quiet());
    sql(source, "CREATE DATABASE hostile");
    load(source, "hostile_mariadb.sql", "hostile");
    load_control_characters(source, "hostile");
    SchemaMove move(source, target, {{"hostile", "hostile"}});
    const SchemaReport report = move.run();
    CHECK(text_of(report.different) == "");
    CHECK(report.identical == report.objects);
    CHECK(schema_differences(source, "hostile", target, "hostile") == kNone);

    // MariaDB writes the database's name into defaults by sequence and into trigger heads: the same name
    // again.
    sql(target, "DROP DATABASE hostile; CREATE DATABASE hostile");
    replay(move.changelog("hostile"), target, "hostile");
    CHECK(schema_differences(source, "hostile", target, "hostile") == kNone);
}

TEST_CASE("A procedure written by a latin1 client keeps its text, and the change of client is said") {
    const TestServer source = TestServer::start(Flavour::mysql80),
                     target = TestServer::start(Flavour::mysql80);
    sql(source,
        "CREATE DATABASE d; USE d; SET NAMES latin1; CREATE PROCEDURE p() SELECT 'caf\xE9'; CREATE VIEW v AS "
        "SELECT 'caf\xE9' AS `\xE9`;");
    SchemaMove move(source, target, {{"d", "d"}});
    const SchemaReport report = move.run();
    CHECK(report.equivalent == 1);
    CHECK(text_of(report.different) ==
          "schema.equivalent d.p: procedure: a stored program with letters beyond ASCII remembers utf8mb4 as "
          "its client's character set\n");
    CHECK(query(target, "SHOW CREATE PROCEDURE p", "d").at(0).at(2)->find("caf\xC3\xA9") !=
          std::string::npos);
}

TEST_CASE("The comparison finds what was changed on the target, and names it") {
    const TestServer source = TestServer::start(Flavour::mysql80),
                     target = TestServer::start(Flavour::mysql80);
    std::string schema =
        "CREATE DATABASE d; USE d; CREATE VIEW v AS SELECT 1 AS x; CREATE PROCEDURE p() SELECT 1; CREATE "
        "FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1; "
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO SELECT 1;";
    for (const char* table : {"t1", "t2", "t3", "t4", "same"})
        schema += std::string("CREATE TABLE ") + table + " (id INT PRIMARY KEY, a VARCHAR(10), KEY k (a));";
    schema +=
        "CREATE TRIGGER first BEFORE INSERT ON t4 FOR EACH ROW SET NEW.a='1'; CREATE TRIGGER second BEFORE "
        "INSERT ON t4 FOR EACH ROW SET NEW.a='2';";
    sql(source, schema);
    SchemaMove move(source, target, {{"d", "d"}});
    REQUIRE(text_of(move.run().different) == "");
    sql(target,
        "ALTER TABLE t1 DROP KEY k; ALTER TABLE t2 MODIFY a VARCHAR(11); ALTER TABLE t3 ALTER INDEX k "
        "INVISIBLE; CREATE OR REPLACE VIEW v AS SELECT 2 AS x; "
        "DROP TRIGGER first; CREATE TRIGGER first BEFORE INSERT ON t4 FOR EACH ROW SET NEW.a='1'; DROP "
        "PROCEDURE p; SET sql_mode=''; CREATE PROCEDURE p() SELECT 1; "
        "DROP FUNCTION f; ALTER EVENT e DISABLE; CREATE TRIGGER extra AFTER DELETE ON t4 FOR EACH ROW SET "
        "@x=1; ALTER DATABASE d CHARACTER SET latin1",
        "d");
    std::vector<std::string> named;
    for (const Finding& finding :
         move.tool.compare(move.job(), SchemaPart::post_data, move.control).different)
        if (finding.severity == Severity::error) named.push_back(finding.id + " " + finding.object);
    std::sort(named.begin(), named.end());
    CHECK(named ==
          std::vector<std::string>{"schema.different d", "schema.different d.e", "schema.different d.first",
                                   "schema.different d.p", "schema.different d.second",
                                   "schema.different d.t1", "schema.different d.t2", "schema.different d.t3",
                                   "schema.different d.v", "schema.extra d.extra", "schema.missing d.f"});
}

TEST_CASE("Definers are stripped or mapped as the job says") {
    const TestServer source = TestServer::start(Flavour::mysql80),
                     target = TestServer::start(Flavour::mysql80);
    sql(source,
        "CREATE DATABASE d; USE d; CREATE DEFINER=gone@nowhere PROCEDURE p() SELECT 1; CREATE "
        "DEFINER=gone@nowhere VIEW v AS SELECT 1 AS x; CREATE TABLE t (a INT); CREATE DEFINER=gone@nowhere "
        "TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @a=1;");
    SchemaMove move(source, target, {{"d", "d"}});
    const bool strip = GENERATE(true, false);
    move.spec.definers =
        strip ? DefinerOptions{DefinerPolicy::strip, ""} : DefinerOptions{DefinerPolicy::map, "owner@%"};
    const SchemaReport report = move.run();
    CHECK(text_of(report.different, Severity::warning) == "");
    CHECK(report.equivalent == 3);
    CHECK(value(target, "SELECT DEFINER FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA='d'")
              .find(strip ? "root@" : "owner@%") == 0);
}

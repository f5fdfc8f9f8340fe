#include <catch2/catch.hpp>

#include "tests/integration/schema/schema_job.hpp"

using namespace transload;
using namespace transload::test;

namespace {
const char* const kSchema =
    "CREATE DATABASE d; USE d; CREATE TABLE t (id INT PRIMARY KEY, a DATETIME(6), KEY k (a)); CREATE TABLE c "
    "(id INT PRIMARY KEY, t INT, FOREIGN KEY (t) REFERENCES t (id)); "
    "CREATE VIEW v AS SELECT * FROM t; CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @x=1; CREATE "
    "PROCEDURE p() SELECT 1;";

std::string refusal(SchemaMove& move) {
    try {
        move.run();
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::refused);
        CHECK_FALSE(error.remedy().empty());
        return error.id();
    }
    return "none";
}
}  // namespace

TEST_CASE("A target that already holds the tables is refused and left as it was") {
    const TestServer source = TestServer::start(Flavour::mysql80),
                     target = TestServer::start(Flavour::mysql80);
    sql(source, kSchema);
    sql(target, "CREATE DATABASE d; CREATE TABLE d.t (mine INT)");
    SchemaMove move(source, target, {{"d", "d"}});
    CHECK(refusal(move) == "target.exists");
    CHECK(query(target, "SHOW TABLES", "d").size() == 1);
    CHECK(show_create(target, "d", "t").find("`mine`") != std::string::npos);
}

TEST_CASE("empty_ok and truncate keep tables of the same definition, and no others") {
    const TestServer source = TestServer::start(Flavour::mysql80),
                     target = TestServer::start(Flavour::mysql80);
    sql(source, kSchema);
    sql(target, kSchema);
    SchemaMove move(source, target, {{"d", "d"}});
    move.spec.if_exists = IfExists::empty_ok;
    SECTION("an empty copy is taken as it is") {
        CHECK(text_of(move.run().different) == "");
    }
    SECTION("rows are in the way of empty_ok, and truncate removes them") {
        sql(target, "INSERT INTO t VALUES (1, NOW()); INSERT INTO c VALUES (1, 1)", "d");
        CHECK(refusal(move) == "target.not_empty");
        CHECK(value(target, "SELECT COUNT(*) FROM d.t") == "1");
        move.spec.if_exists = IfExists::truncate;
        CHECK(text_of(move.run().different) == "");
        CHECK(value(target, "SELECT COUNT(*) FROM d.t") == "0");
    }
    SECTION("another definition is refused") {
        sql(target, "ALTER TABLE t ADD extra INT", "d");
        CHECK(refusal(move) == "target.differs");
        CHECK(value(target, "SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA='d'") ==
              "1");
    }
    SECTION("a trigger that the source does not have is refused") {
        sql(target, "CREATE TRIGGER foreign_one AFTER INSERT ON t FOR EACH ROW SET @y=1", "d");
        CHECK(refusal(move) == "target.trigger");
        CHECK(value(target, "SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA='d'") ==
              "2");
    }
}

TEST_CASE("drop removes the selected tables and views once, and nothing else") {
    const TestServer source = TestServer::start(Flavour::mysql80),
                     target = TestServer::start(Flavour::mysql80);
    sql(source, kSchema);
    sql(target,
        "CREATE DATABASE d; USE d; CREATE TABLE t (mine INT); CREATE VIEW c AS SELECT 1 AS x; CREATE TABLE v "
        "(x INT); CREATE TABLE keep (x INT)");
    SchemaMove move(source, target, {{"d", "d"}});
    move.spec.if_exists = IfExists::drop;
    CHECK(text_of(move.run().different) == "");
    CHECK(query(target, "SHOW TABLES LIKE 'keep'", "d").size() == 1);
    sql(target, "INSERT INTO t VALUES (1, NULL)", "d");
    move.tool.apply(move.job(), SchemaPart::pre_data, move.control);  // as a resumed job does
    CHECK(value(target, "SELECT COUNT(*) FROM d.t") == "1");
}

TEST_CASE("Rolling back drops what the job created and nothing else") {
    const TestServer source = TestServer::start(Flavour::mysql80),
                     target = TestServer::start(Flavour::mysql80);
    sql(source, kSchema);
    SchemaMove move(source, target, {{"d", "d"}});
    const bool existed = GENERATE(false, true);
    if (existed)
        sql(target,
            "CREATE DATABASE d; USE d; CREATE TABLE keep (x INT); CREATE PROCEDURE keep_p() SELECT 1");
    REQUIRE(move.run().identical >= 5);
    move.tool.drop_created(move.job(), move.control);
    move.tool.drop_created(move.job(), move.control);
    move.tool.forget(move.job(), move.control);
    CHECK(query(target, "SHOW DATABASES LIKE 'd'").size() == (existed ? 1 : 0));
    if (existed) {
        CHECK(query(target, "SHOW TABLES", "d").size() == 1);
        CHECK(value(target,
                    "SELECT GROUP_CONCAT(ROUTINE_NAME) FROM information_schema.ROUTINES WHERE "
                    "ROUTINE_SCHEMA='d'") == "keep_p");
    }
}

#include <catch2/catch.hpp>

#include "tests/integration/schema/schema_job.hpp"
#include "tests/support/compare.hpp"

using namespace transload;
using namespace transload::test;

namespace {
const char* const kTwo =
    "CREATE DATABASE a CHARACTER SET latin1; CREATE DATABASE b; "
    "CREATE TABLE b.customers (id INT PRIMARY KEY, d DATETIME(6)); CREATE TABLE a.orders (id INT PRIMARY "
    "KEY, c INT, CONSTRAINT to_b FOREIGN KEY (c) REFERENCES b.customers (id)); "
    "CREATE TABLE b.notes (id INT PRIMARY KEY, o INT, CONSTRAINT to_a FOREIGN KEY (o) REFERENCES a.orders "
    "(id)); "
    "CREATE FUNCTION b.f(x INT) RETURNS INT DETERMINISTIC RETURN x + 1; "
    "CREATE VIEW a.z AS SELECT o.id, b.f(o.c) AS n FROM a.orders o; CREATE VIEW b.y AS SELECT z.id, c.d FROM "
    "a.z JOIN b.customers c ON c.id = z.n; CREATE VIEW a.x AS SELECT y.id FROM b.y;";
}

TEST_CASE("Foreign keys and views across two databases arrive identical, in one job") {
    const Flavour flavour = GENERATE(Flavour::mysql80, Flavour::mariadb);
    const TestServer source = TestServer::start(flavour), target = TestServer::start(flavour);
    sql(source, kTwo);
    SchemaMove move(source, target, {{"a", "a"}, {"b", "b"}});
    CHECK(text_of(move.run().different) == "");
    CHECK(schema_differences(source, "a", target, "a").empty());
    CHECK(schema_differences(source, "b", target, "b").empty());
}

TEST_CASE("References across databases follow the mapping of their names") {
    const TestServer source = TestServer::start(Flavour::mysql80);
    sql(source, kTwo);
    SchemaMove move(source, source, {{"a", "a 2"}, {"b", "b\"2"}});
    const SchemaReport report = move.run();
    CHECK(text_of(report.different, Severity::warning) == "");
    sql(source, "SET foreign_key_checks=0; DROP DATABASE a; DROP DATABASE b");
    CHECK(query(source, "SELECT * FROM x", "a 2").empty());
    CHECK(show_create(source, "a 2", "orders").find("REFERENCES `b\"2`.`customers`") != std::string::npos);
}

TEST_CASE("A database with a hostile name moves like any other") {
    const std::string name = "we`ird \"n'%?&/# \xC3\xA9;{x}";
    const TestServer source = TestServer::start(Flavour::mysql80),
                     target = TestServer::start(Flavour::mysql80);
    sql(source, "CREATE DATABASE " + identifier(name));
    sql(source,
        "CREATE TABLE t (id INT PRIMARY KEY, a DATETIME(6), KEY k (a)); CREATE VIEW v AS SELECT * FROM t; "
        "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @a=1",
        name);
    SchemaMove move(source, target, {{name, name}});
    CHECK(text_of(move.run().different) == "");
    CHECK(schema_differences(source, name, target, name).empty());
}

TEST_CASE("Only what is selected moves, and what stays behind is said") {
    const TestServer source = TestServer::start(Flavour::mysql80),
                     target = TestServer::start(Flavour::mysql80);
    sql(source,
        "CREATE DATABASE d; USE d; CREATE TABLE orders (id INT PRIMARY KEY); CREATE TABLE tmp_x (id INT "
        "PRIMARY KEY); CREATE VIEW orders_view AS SELECT * FROM orders; CREATE PROCEDURE p() SELECT 1;");
    SchemaMove move(source, target, {{"d", "d"}});
    move.spec.tables.include = {"orders*"};
    const SchemaReport generated = move.generate();
    CHECK(text_of(generated.different).find("1 routines and 0 events stay behind") != std::string::npos);
    CHECK(text_of(move.run().different) == "");
    CHECK(query(target, "SHOW TABLES", "d").size() == 2);

    move.spec.tables.include = {"*"};
    move.spec.tables.exclude = {"orders"};
    try {
        move.generate();
        FAIL("a view on a table that stays behind was taken along");
    } catch (const Error& error) {
        CHECK(error.id() == "schema.view_needs");
        CHECK(error.object() == "d.orders_view");
    }
}

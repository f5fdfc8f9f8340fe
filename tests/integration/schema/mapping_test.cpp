#include <catch2/catch.hpp>

#include "tests/integration/schema/schema_job.hpp"

using namespace transload;
using namespace transload::test;

namespace {
const char* const kShop =
    "CREATE DATABASE shop; USE shop; "
    "CREATE TABLE customers (id INT PRIMARY KEY, mail VARCHAR(50), secret VARCHAR(10), country CHAR(2), KEY "
    "by_secret "
    "(country, secret), UNIQUE KEY by_mail (mail), KEY by_country (country)); "
    "CREATE TABLE orders (id INT AUTO_INCREMENT, net DECIMAL(10,2), gross DECIMAL(12,2) AS (net * 1.19) "
    "STORED, customer "
    "INT, d DATE NOT NULL, PRIMARY KEY (id), KEY by_net (net), CONSTRAINT `of` FOREIGN KEY (customer) "
    "REFERENCES customers "
    "(id) ON DELETE CASCADE) AUTO_INCREMENT=7; "
    "CREATE TABLE notes (id INT, d DATE NOT NULL, o INT, PRIMARY KEY (id, d)) PARTITION BY RANGE (YEAR(d)) "
    "(PARTITION p0 "
    "VALUES LESS THAN (2020), PARTITION p1 VALUES LESS THAN MAXVALUE); "
    "CREATE TABLE plain (id INT PRIMARY KEY, c INT, CONSTRAINT to_customers FOREIGN KEY (c) REFERENCES "
    "customers (id)); "
    "CREATE VIEW countries AS SELECT id, c FROM plain; CREATE VIEW mails AS SELECT mail FROM customers; "
    "CREATE VIEW "
    "more_mails AS SELECT mail FROM mails; "
    "CREATE PROCEDURE p() SELECT COUNT(*) FROM orders; CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN "
    "1; "
    "CREATE TRIGGER no_more BEFORE INSERT ON orders FOR EACH ROW SET @n = NEW.net; "
    "CREATE TRIGGER b_first BEFORE INSERT ON orders FOR EACH ROW SET NEW.customer = NEW.customer + 1; "
    "CREATE TRIGGER a_second BEFORE INSERT ON orders FOR EACH ROW SET NEW.customer = NEW.customer * 2;";

SchemaReport mapped(SchemaMove& move) {
    TableMapping orders, notes, customers;
    orders.match = "orders";
    orders.rename = "Aufträge `2`";
    orders.columns = {{"net", "net amount"}, {"d", "day"}};
    notes.match = "shop.notes";
    notes.prefix = "old_";
    notes.columns = {{"d", "day"}};
    customers.match = "customers";
    customers.suffix = "_v2";
    customers.columns = {{"id", "customer_id"}, {"mail", "e`mail"}};
    customers.leave_out = {"secret"};
    move.spec.mappings = {orders, notes, customers};
    return move.run();
}
}  // namespace

TEST_CASE("Renamed tables and columns arrive with keys, expressions, partitions and triggers of theirs") {
    const Flavour flavour = GENERATE(Flavour::mysql80, Flavour::mariadb);
    const TestServer source = TestServer::start(flavour), target = TestServer::start(flavour);
    sql(source, kShop);
    SchemaMove move(source, target, {{"shop", "shop 2"}});
    const SchemaReport report = mapped(move);
    CHECK(text_of(report.different, Severity::warning) == "");
    CHECK(report.identical + report.equivalent == report.objects);
    CHECK(text_of(report.different)
              .find("shop.orders: table: names of tables and columns follow the job's mapping") !=
          std::string::npos);
    CHECK(query(target, "SHOW TABLES", "shop 2") ==
          std::vector<Row>{{"Aufträge `2`"}, {"countries"}, {"customers_v2"}, {"old_notes"}, {"plain"}});

    sql(target,
        "INSERT INTO customers_v2 (customer_id, `e``mail`) VALUES (6, 'a'), (8, 'b'); INSERT INTO `Aufträge "
        "``2``` "
        "(`net amount`, customer, day) VALUES (100, 2, '2020-01-01'); INSERT INTO old_notes (id, day) VALUES "
        "(1, "
        "'2021-01-01')",
        "shop 2");
    CHECK(query(target, "SELECT id, gross, customer FROM `Aufträge ``2```", "shop 2") ==
          std::vector<Row>{{"7", "119.00", "6"}});  // (2 + 1) * 2: in firing order
    CHECK(value(target, "SELECT id FROM old_notes PARTITION (p1)", "shop 2") == "1");
    sql(target, "DELETE FROM customers_v2 WHERE customer_id = 6", "shop 2");
    CHECK(query(target, "SELECT id FROM `Aufträge ``2```", "shop 2").empty());
    const std::string customers = show_create(target, "shop 2", "customers_v2");
    CHECK(customers.find("secret") == std::string::npos);
    CHECK(customers.find("UNIQUE KEY `by_mail` (`e``mail`)") != std::string::npos);
    CHECK(show_create(target, "shop 2", "plain").find("REFERENCES `customers_v2` (`customer_id`)") !=
          std::string::npos);

    // What was left out is said, by name.
    const std::string said = text_of(move.generate().different, Severity::warning);
    for (const char* name : {"schema.mapped_reference shop.mails", "schema.mapped_reference shop.more_mails",
                             "schema.mapped_reference shop.p", "schema.mapped_reference shop.no_more",
                             "schema.mapped_left_out shop.customers: the index by_secret"})
        CHECK(said.find(name) != std::string::npos);
    CHECK(said.find("shop.countries") == std::string::npos);
    CHECK(said.find("shop.f:") == std::string::npos);

    // What is changed on the target is found under the mapped names as well.
    sql(target,
        "ALTER TABLE customers_v2 MODIFY `e``mail` VARCHAR(51); ALTER TABLE old_notes ADD extra INT; DROP "
        "TRIGGER b_first",
        "shop 2");
    std::string named;
    for (const Finding& finding :
         move.tool.compare(move.job(), SchemaPart::post_data, move.control).different)
        if (finding.severity == Severity::error) named += finding.id + " " + finding.object + "\n";
    CHECK(named.find("schema.different shop.customers\n") != std::string::npos);
    CHECK(named.find("schema.different shop.notes\n") != std::string::npos);
    CHECK(named.find("schema.missing shop.b_first\n") != std::string::npos);
    CHECK(named.find("shop.orders") == std::string::npos);
}

TEST_CASE("A second job takes mapped tables that are there and equal, and refuses others") {
    const TestServer source = TestServer::start(Flavour::mysql80);
    sql(source,
        "CREATE DATABASE a; CREATE DATABASE b; CREATE TABLE a.t (id INT PRIMARY KEY, c INT); CREATE TABLE "
        "b.new_t (id INT "
        "PRIMARY KEY, d INT)");
    SchemaMove move(source, source, {{"a", "b"}});
    TableMapping mapping;
    mapping.match = "t";
    mapping.prefix = "new_";
    mapping.columns = {{"c", "d"}};
    move.spec.mappings = {mapping};
    move.spec.if_exists = IfExists::empty_ok;
    CHECK(text_of(move.run().different, Severity::warning) == "");
    sql(source, "ALTER TABLE b.new_t MODIFY d BIGINT");
    SchemaMove other(source, source, {{"a", "b"}}, "job-2");
    other.spec.mappings = {mapping};
    other.spec.if_exists = IfExists::empty_ok;
    try {
        other.run();
        FAIL("a table of another type was taken");
    } catch (const Error& error) {
        CHECK(error.id() == "target.differs");
    }
}

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "adapters/mysql/connection.hpp"
#include "tests/integration/schema/schema_job.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/process.hpp"

using namespace transload;
using namespace transload::test;

namespace {
const std::vector<std::string> kNone;

ServerOptions quiet() {
    ServerOptions options;
    options.extra = {"--event-scheduler=OFF", "--log-bin-trust-function-creators=ON"};
    return options;
}

std::string count(const TestServer& server, const std::string& view, const std::string& schema_column,
                  const std::string& database) {
    return value(server, "SELECT COUNT(*) FROM information_schema." + view + " WHERE " + schema_column +
                             "='" + database + "'");
}

std::string triggers(const TestServer& server, const std::string& database) {
    return count(server, "TRIGGERS", "TRIGGER_SCHEMA", database);
}

/// Several triggers of a table in an order that is not that of their names, with all that a session may say
/// of them.
const char* const kShop =
    "CREATE DATABASE shop CHARACTER SET latin1; USE shop; "
    "CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(20), KEY by_name (name)); "
    "CREATE TABLE orders (id INT PRIMARY KEY, customer INT, note VARCHAR(50) DEFAULT '', KEY k (note), "
    "CONSTRAINT "
    "`of` FOREIGN KEY (customer) REFERENCES customers (id) ON DELETE CASCADE); "
    "CREATE VIEW names AS SELECT name FROM customers; CREATE VIEW longer AS SELECT name, f(1) AS x FROM "
    "names; ";
const char* const kPrograms =
    "delimiter //\n"
    "CREATE FUNCTION f(x INT) RETURNS INT DETERMINISTIC RETURN x + 1//\n"
    "CREATE TRIGGER z BEFORE INSERT ON orders FOR EACH ROW SET NEW.note = CONCAT(NEW.note, 'z')//\n"
    "CREATE TRIGGER y BEFORE INSERT ON orders FOR EACH ROW SET NEW.note = CONCAT(NEW.note, 'y')//\n"
    "CREATE TRIGGER x BEFORE INSERT ON orders FOR EACH ROW PRECEDES y BEGIN SET NEW.note = CONCAT(NEW.note, "
    "'x;'); END//\n"
    "CREATE DEFINER='nobody'@'nowhere' TRIGGER `we``ird //` AFTER DELETE ON customers FOR EACH ROW SET @gone "
    "= "
    "'délimité'//\n"
    "SET sql_mode='ANSI_QUOTES,NO_BACKSLASH_ESCAPES'//\n"
    "CREATE TRIGGER \"ansi\" AFTER UPDATE ON customers FOR EACH ROW SET @a = 'back\\slash'//\n"
    "SET sql_mode=DEFAULT//\n"
    "ALTER DATABASE shop COLLATE latin1_bin//\n"
    "CREATE TRIGGER other_default BEFORE UPDATE ON orders FOR EACH ROW BEGIN DECLARE v VARCHAR(5); SET v = "
    "'é'; END//\n"
    "ALTER DATABASE shop COLLATE latin1_swedish_ci//\n"
    "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2020-01-01 00:00:00' DO UPDATE orders SET note = ''//\n";

void load_shop(const TestServer& server) {
    // The view on the function needs that first.
    std::string schema = kShop;
    const std::size_t at = schema.find("CREATE VIEW longer");
    sql(server, schema.substr(0, at));
    sql(server, kPrograms, "shop");
    sql(server, schema.substr(at), "shop");
}

/// A job on the way to its cutover.
struct Following {
    explicit Following(Flavour flavour)
        : source(TestServer::start(flavour, quiet())),
          target(TestServer::start(flavour, quiet())),
          move((load_shop(source), source), target, {{"shop", "shop"}}) {
        move.generate();
        move.tool.apply(move.job(), SchemaPart::pre_data, move.control);
        move.tool.apply_ahead(move.job(), move.control);
    }
    void at_cutover() { move.tool.apply_at_cutover(move.job(), move.control); }
    void withdraw() { move.tool.withdraw_at_cutover(move.job(), move.control); }
    std::string finish() {
        move.tool.apply(move.job(), SchemaPart::post_data, move.control);
        return text_of(move.tool.compare(move.job(), SchemaPart::post_data, move.control).different);
    }
    [[nodiscard]] std::string collation() const {
        return value(
            target,
            "SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME='shop'");
    }
    TestServer source, target;
    SchemaMove move;
};
}  // namespace

TEST_CASE(
    "What does nothing by itself comes ahead of the cutover, triggers within it in a moment, events after "
    "it") {
    const Flavour flavour = GENERATE(Flavour::mysql80, Flavour::mariadb);
    Following job(flavour);
    CHECK(show_create(job.target, "shop", "orders").find("CONSTRAINT `of` FOREIGN KEY") != std::string::npos);
    CHECK(show_create(job.target, "shop", "customers").find("`by_name`") != std::string::npos);
    CHECK(count(job.target, "ROUTINES", "ROUTINE_SCHEMA", "shop") == "1");
    CHECK(query(job.target, "SELECT * FROM longer", "shop").empty());
    CHECK(triggers(job.target, "shop") == "0");

    const std::string log = job.move.log();  // Liquibase says something each time it runs
    REQUIRE_FALSE(log.empty());
    job.at_cutover();
    CHECK(job.move.log() == log);  // no JVM was started while writes are stopped
    CHECK(triggers(job.target, "shop") == "6");
    CHECK(count(job.target, "EVENTS", "EVENT_SCHEMA", "shop") == "0");
    sql(job.target, "INSERT INTO customers VALUES (1, 'a'); INSERT INTO orders (id, customer) VALUES (1, 1)",
        "shop");
    CHECK(value(job.target, "SELECT note FROM shop.orders") == "zx;y");
    sql(job.target, "SET foreign_key_checks=0; TRUNCATE orders; TRUNCATE customers", "shop");

    // The triggers are there all the time: no application can write past them while Liquibase records.
    const std::string made =
        "SELECT GROUP_CONCAT(CREATED ORDER BY TRIGGER_NAME) FROM information_schema.TRIGGERS WHERE "
        "TRIGGER_SCHEMA='shop'";
    const std::string before = value(job.target, made);
    CHECK(job.finish() == "");
    CHECK(job.move.log() != log);
    CHECK(value(job.target, made) == before);
    CHECK(schema_differences(job.source, "shop", job.target, "shop") == kNone);
    // Liquibase knows of all and has nothing to do any more.
    const std::size_t said = job.move.control.events.size();
    CHECK(job.finish() == "");
    CHECK(std::vector<std::string>(job.move.control.events.begin() + static_cast<long>(said),
                                   job.move.control.events.end()) == kNone);
    job.move.tool.drop_created(job.move.job(), job.move.control);
    CHECK(query(job.target, "SHOW DATABASES LIKE 'shop'").empty());
}

TEST_CASE(
    "A cutover that is withdrawn or killed takes its triggers along and nothing else, and the next brings "
    "all") {
    const Flavour flavour = GENERATE(Flavour::mysql80, Flavour::mariadb);
    Following job(flavour);
    sql(job.target, "CREATE TRIGGER mine BEFORE DELETE ON customers FOR EACH ROW SET @x = 1", "shop");
    job.withdraw();
    CHECK(triggers(job.target, "shop") == "1");
    job.at_cutover();
    job.at_cutover();
    CHECK(triggers(job.target, "shop") == "7");
    job.withdraw();
    job.withdraw();
    CHECK(triggers(job.target, "shop") == "1");
    CHECK(query(job.target, "SELECT * FROM longer", "shop").empty());
    sql(job.target, "DROP TRIGGER mine", "shop");

    // As after a kill: later triggers are not there, and the database has the default of the one under way.
    const char* const killed =
        "DROP TRIGGER y; DROP TRIGGER `we``ird //`; ALTER DATABASE shop COLLATE latin1_bin";
    job.at_cutover();
    sql(job.target, killed, "shop");
    job.withdraw();
    CHECK(triggers(job.target, "shop") == "0");
    CHECK(job.collation() == "latin1_swedish_ci");
    job.at_cutover();
    sql(job.target, killed, "shop");
    job.at_cutover();
    CHECK(job.collation() == "latin1_swedish_ci");
    CHECK(job.finish() == "");
    CHECK(schema_differences(job.source, "shop", job.target, "shop") == kNone);
}

TEST_CASE("A foreign key waits for its table only a second at a time, and comes once that is free") {
    const TestServer source = TestServer::start(Flavour::mysql80, quiet()),
                     target = TestServer::start(Flavour::mysql80, quiet());
    load_shop(source);
    SchemaMove move(source, target, {{"shop", "shop"}});
    move.generate();
    move.tool.apply(move.job(), SchemaPart::pre_data, move.control);
    // A reader that keeps the parent open, as a long query does.
    mysql::Connection reader(move.spec.target);
    reader.execute("START TRANSACTION");
    CHECK(reader.scalar("SELECT COUNT(*) FROM shop.customers") == "0");
    std::atomic<bool> over{false};
    std::thread waiting([&] {
        move.tool.apply_ahead(move.job(), move.control);
        over = true;
    });
    // The applier writes behind each try, which has to give up for it: the reader stays.
    mysql::Connection applier(move.spec.target);
    applier.execute("SET SESSION lock_wait_timeout = 20");
    for (int i = 0; i < 2; ++i) {
        CHECK(eventually(
            [&] {
                return value(target,
                             "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'ALTER TABLE%' "
                             "AND STATE LIKE 'Waiting for table%'") == "1";
            },
            std::chrono::seconds(30)));
        CHECK_NOTHROW(applier.execute("INSERT INTO shop.customers VALUES (" + std::to_string(i) + ", 'x')"));
    }
    CHECK_FALSE(over);
    reader.execute("COMMIT");
    waiting.join();
    CHECK(show_create(target, "shop", "orders").find("CONSTRAINT `of` FOREIGN KEY") != std::string::npos);
}

TEST_CASE("Everything that a hostile schema holds arrives by way of the cutover as well") {
    const Flavour flavour = GENERATE(Flavour::mysql80, Flavour::mariadb);
    const TestServer source = TestServer::start(flavour, quiet()),
                     target = TestServer::start(flavour, quiet());
    sql(source, "CREATE DATABASE hostile");
    load(source, flavour == Flavour::mariadb ? "hostile_mariadb.sql" : "hostile_mysql.sql", "hostile");
    load_control_characters(source, "hostile");
    SchemaMove move(source, target, {{"hostile", "hostile"}});
    move.generate();
    move.tool.apply(move.job(), SchemaPart::pre_data, move.control);
    move.tool.apply_ahead(move.job(), move.control);
    move.tool.apply_at_cutover(move.job(), move.control);
    CHECK(triggers(target, "hostile") == triggers(source, "hostile"));
    move.tool.apply(move.job(), SchemaPart::post_data, move.control);
    CHECK(text_of(move.tool.compare(move.job(), SchemaPart::post_data, move.control).different) == "");
    CHECK(schema_differences(source, "hostile", target, "hostile") == kNone);
}

TEST_CASE("References across databases come ahead too, and each database has its triggers at the cutover") {
    const TestServer source = TestServer::start(Flavour::mysql80, quiet()),
                     target = TestServer::start(Flavour::mysql80, quiet());
    sql(source,
        "CREATE DATABASE a; CREATE DATABASE b; CREATE TABLE a.t (id INT PRIMARY KEY); CREATE TABLE b.u (id "
        "INT PRIMARY "
        "KEY, t INT, FOREIGN KEY (t) REFERENCES a.t (id)); CREATE VIEW a.v AS SELECT u.id FROM b.u; "
        " CREATE TRIGGER a.x BEFORE INSERT ON a.t FOR EACH ROW SET @a=1; CREATE TRIGGER b.x BEFORE "
        "INSERT ON b.u FOR EACH ROW SET @b=1; CREATE EVENT b.e ON SCHEDULE EVERY 1 DAY DO SELECT 1");
    SchemaMove move(source, target, {{"a", "a 1"}, {"b", "b"}});
    move.generate();
    move.tool.apply(move.job(), SchemaPart::pre_data, move.control);
    move.tool.apply_ahead(move.job(), move.control);
    CHECK(query(target, "SELECT * FROM v", "a 1").empty());
    CHECK(triggers(target, "a 1") == "0");
    move.tool.apply_at_cutover(move.job(), move.control);
    CHECK(triggers(target, "a 1") == "1");
    CHECK(triggers(target, "b") == "1");
    move.tool.apply(move.job(), SchemaPart::post_data, move.control);
    CHECK(text_of(move.tool.compare(move.job(), SchemaPart::post_data, move.control).different,
                  Severity::warning) == "");
}

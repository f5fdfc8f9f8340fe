#include <catch2/catch.hpp>

#include "adapters/mysql/catalog.hpp"
#include "adapters/mysql/validation/key_compare.hpp"
#include "orchestrator/plan/error.hpp"
#include "tests/integration/validation/sides.hpp"
#include "tests/support/skip.hpp"

using namespace transload;
using namespace transload::test;
using mysql::KeyValue;

namespace {

TableMapping rule(std::string match) {
    TableMapping made;
    made.match = std::move(match);
    return made;
}

/// Tables of all sorts on the source, and by hand what the mapping makes of them on the target.
struct Mapped : Sides {
    Mapped(const TestServer& from, const TestServer& to) : Sides(from, to) {
        on_source("CREATE TABLE orders (id INT PRIMARY KEY, region VARCHAR(8) NOT NULL, note TEXT, secret VARCHAR(20), j JSON, "
                  "twice INT AS (id * 2) STORED, UNIQUE KEY by_region (region, id)); "
                  "INSERT INTO orders (id, region, note, secret, j) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) "
                  "SELECT i, IF(i % 3 = 0, 'eu', 'us'), CONCAT('note ', i), CONCAT('s', i), JSON_OBJECT('n', i) FROM n; "
                  "CREATE TABLE log (at DATETIME, line VARCHAR(40), level INT); "
                  "INSERT INTO log SELECT '2024-01-01', note, id % 4 FROM orders; "
                  "CREATE TABLE pairs (a VARCHAR(10) NOT NULL, b INT NOT NULL, v INT, PRIMARY KEY (a, b DESC)); "
                  "INSERT INTO pairs SELECT region, id, id FROM orders;");
        on_target("CREATE TABLE sales (id INT PRIMARY KEY, area VARCHAR(8) NOT NULL, remark TEXT, j JSON, "
                  "twice INT AS (id * 2) STORED, UNIQUE KEY by_region (area, id)); "
                  "INSERT INTO sales (id, area, remark, j) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) "
                  "SELECT i, 'eu', CONCAT('note ', i), JSON_OBJECT('n', i) FROM n WHERE i % 3 = 0; "
                  "CREATE TABLE new_log_2 (`when` DATETIME, line VARCHAR(40)); "
                  "CREATE TABLE new_pairs_2 (x VARCHAR(10) NOT NULL, b INT NOT NULL, w INT, PRIMARY KEY (x, b DESC)); "
                  "INSERT INTO new_pairs_2 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) "
                  "SELECT IF(i % 3 = 0, 'eu', 'us'), i, i FROM n;");
        on_target("INSERT INTO new_log_2 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) "
                  "SELECT '2024-01-01', CONCAT('note ', i) FROM n WHERE i % 4 > 1;");
        TableMapping orders = rule("orders");
        orders.rename = "sales";
        orders.columns = {{"region", "area"}, {"NOTE", "remark"}};
        orders.leave_out = {"secret"};
        orders.where = "region = 'eu' -- only ours";
        TableMapping log = rule("lo?");
        log.prefix = "new_";
        log.suffix = "_2";
        log.columns = {{"at", "when"}};
        log.leave_out = {"level"};
        log.where = "level > 1 OR level < 0";
        TableMapping rest = rule("*");
        rest.prefix = "new_";
        rest.suffix = "_2";
        rest.columns = {{"a", "x"}, {"v", "w"}};
        spec.mappings = {orders, log, rest};
        rows_per_chunk = 40;
    }
};

/// "id object" of the refusal.
std::string refusal(const JobSpec& spec) {
    RecordingControl control;
    try {
        static_cast<void>(mysql::MysqlCatalog().plan_tables(spec, control));
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::refused);
        CHECK_FALSE(error.remedy().empty());
        return std::string(error.id()) + " " + std::string(error.object());
    }
    return "taken";
}

constexpr ValidationLevel all_levels[] = {ValidationLevel::counts, ValidationLevel::sample, ValidationLevel::checksum,
                                          ValidationLevel::rows};

}  // namespace

TEST_CASE("mapped tables are compared under their names of each side, without what is left out") {
    for (const auto& [from, to] : {std::pair{Flavour::mysql80, Flavour::mysql80}, std::pair{Flavour::mysql80, Flavour::mysql97},
                                   std::pair{Flavour::mariadb, Flavour::mariadb}}) {
        if (!available(from) || !available(to)) SKIP_TEST("a server is not installed");
        INFO(name_of(from) << " to " << name_of(to));
        const Mapped sides(shared_server(from, "source"), shared_server(to, "target"));
        for (const ValidationLevel level : all_levels) {
            const ValidationOutcome outcome = sides.validate(level);
            CHECK(clean(outcome));
            REQUIRE(outcome.tables.size() == 3);
            CHECK(outcome.tables[0].target_name == sides.database() + ".new_log_2");
            CHECK(outcome.tables[0].source_rows == 450);
            CHECK(outcome.tables[1].target_name == sides.database() + ".sales");
            CHECK(outcome.tables[1].source_rows == 300);
            CHECK(outcome.tables[2].source_rows == 900);
        }
        // Neither what is left out nor what is filtered matters.
        sides.on_source("UPDATE orders SET secret = 'changed'; UPDATE orders SET note = 'changed' WHERE region = 'us'; "
                        "DELETE FROM orders WHERE id = 1; INSERT INTO log VALUES (NULL, 'chatter', 0), (NULL, 'unknown', NULL);");
        CHECK(clean(sides.validate(ValidationLevel::checksum)));
    }
}

TEST_CASE("differences of mapped tables are named by the source's names and mended under the target's") {
    for (const auto& [from, to] : {std::pair{Flavour::mysql80, Flavour::mysql80}, std::pair{Flavour::mariadb, Flavour::mariadb}}) {
        if (!available(from) || !available(to)) SKIP_TEST("a server is not installed");
        INFO(name_of(from) << " to " << name_of(to));
        const Mapped sides(shared_server(from, "source"), shared_server(to, "target"));
        sides.on_target("UPDATE sales SET remark = 'wrong' WHERE id = 30; DELETE FROM sales WHERE id = 33; "
                        "INSERT INTO sales (id, area, remark) VALUES (1, 'us', 'filtered, and there all the same'); "
                        "UPDATE new_pairs_2 SET w = -1 WHERE x = 'us' AND b = 100; "
                        "DELETE FROM new_log_2 WHERE line = 'note 3'; INSERT INTO new_log_2 VALUES (NULL, 'chatter');");
        for (const ValidationLevel level : {ValidationLevel::checksum, ValidationLevel::rows}) {
            const std::vector<std::string> found = named(sides.validate(level));
            REQUIRE(found.size() == 6);
            CHECK(found[0] == "different orders id=30 note");
            CHECK(found[1] == "different pairs a='us', b=100 v");
            CHECK(found[2].starts_with("extra log row digest "));
            CHECK(found[3] == "extra orders id=1");
            CHECK(found[4].starts_with("missing log row digest "));
            CHECK(found[5] == "missing orders id=33");
        }
        const ValidationOutcome mended = sides.validate(ValidationLevel::checksum, true);
        CHECK(mended.summary.mismatches == 0);
        CHECK(mended.summary.repaired == 6);
        for (const ValidationLevel level : all_levels) CHECK(clean(sides.validate(level)));
        CHECK(value(sides.target(), "SELECT CONCAT(area, ' ', remark) FROM sales WHERE id = 30", sides.database()) == "eu note 30");
        CHECK(value(sides.target(), "SELECT COUNT(*) FROM sales WHERE id = 1", sides.database()) == "0");
    }
}

TEST_CASE("named rows of mapped tables are compared, and rows that are not taken are absent") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    const Mapped sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    mysql::Connection source(sides.spec.source, {.profile = mysql::SessionProfile::copy_read});
    mysql::Connection target(sides.spec.target, {.profile = mysql::SessionProfile::copy_read});
    const auto tables = sides.plans();
    mysql::KeyComparison comparison(source, target, tables);
    const std::vector<KeyValue> keys{{"1"}, {"2"}, {"3"}, {"30"}, {"33"}};
    CHECK(comparison.differing(1, keys).empty());
    sides.on_target("UPDATE sales SET remark = 'wrong' WHERE id = 30; DELETE FROM sales WHERE id = 33; "
                    "INSERT INTO sales (id, area) VALUES (1, 'us'); UPDATE new_pairs_2 SET w = -1 WHERE b = 100;");
    CHECK(comparison.differing(1, keys) == std::vector<KeyValue>{{"1"}, {"30"}, {"33"}});
    CHECK(comparison.differing(2, {{"us", "100"}, {"us", "101"}}) == std::vector<KeyValue>{{"us", "100"}});
}

TEST_CASE("rules that can't be right are refused with their place in the job file") {
    if (!available(Flavour::mysql80)) SKIP_TEST("MySQL 8.0 is not installed");
    Sides sides(shared_server(Flavour::mysql80, "source"), shared_server(Flavour::mysql80, "target"));
    sides.on_source("CREATE TABLE orders (id INT PRIMARY KEY, region VARCHAR(8), note TEXT); CREATE TABLE items (a INT, b INT, u INT NOT NULL, "
                    "UNIQUE KEY uu (u)); CREATE TABLE " + std::string(60, 'l') + " (id INT PRIMARY KEY);");
    const auto with = [&](std::vector<TableMapping> rules) {
        JobSpec spec = sides.spec;
        spec.mappings = std::move(rules);
        return refusal(spec);
    };
    const auto changed = [](std::string match, const auto& change) {
        TableMapping made = rule(std::move(match));
        change(made);
        return made;
    };
    CHECK(with({}) == "taken");
    CHECK(with({rule("orders")}) == "taken");
    CHECK(with({rule("nothing_*")}) == "taken");
    CHECK(with({rule("nothing")}) == "mapping.no_such_table mapping[0].match");
    CHECK(with({rule("*"), rule(sides.database() + ".orders")}) == "mapping.hidden_rule mapping[1].match");
    CHECK(with({changed("orders", [](auto& m) { m.rename = "items"; })}) == "mapping.same_table mapping[0]");
    CHECK(with({changed("*", [](auto& m) { m.suffix = "_copy"; })}) == "mapping.long_name mapping[0]");
    CHECK(with({rule("items"), changed("orders", [](auto& m) { m.rename = std::string(63, 'n') + "é"; })}) == "taken");
    CHECK(with({rule("items"), changed("orders", [](auto& m) { m.rename = std::string(64, 'n') + "é"; })}) == "mapping.long_name mapping[1].rename");
    CHECK(with({changed("orders", [](auto& m) { m.columns = {{"colour", "color"}}; })}) == "mapping.unknown_column mapping[0].columns");
    CHECK(with({changed("orders", [](auto& m) { m.columns = {{"region", "Note"}}; })}) == "mapping.same_column mapping[0].columns");
    CHECK(with({changed("orders", [](auto& m) { m.columns = {{"region", "note"}, {"note", "region"}}; })}) == "taken");
    CHECK(with({changed("orders", [](auto& m) { m.columns = {{"region", std::string(65, 'n')}}; })}) == "mapping.long_name mapping[0].columns");
    CHECK(with({changed("orders", [](auto& m) { m.leave_out = {"colour"}; })}) == "mapping.unknown_column mapping[0].leave_out");
    CHECK(with({changed("orders", [](auto& m) { m.leave_out = {"ID"}; })}) == "mapping.key_column mapping[0].leave_out");
    CHECK(with({changed("items", [](auto& m) { m.leave_out = {"u"}; })}) == "mapping.key_column mapping[0].leave_out");
    for (const char* wrong : {"colour = 1", "region = ", "1) OR (1", "id IN (SELECT a FROM items)", "id > 1 LIMIT 3", "id > 1; DROP TABLE items",
                              "TRUE /* never closed"}) {
        CAPTURE(wrong);
        CHECK(with({changed("orders", [&](auto& m) { m.where = wrong; })}) == "mapping.bad_where mapping[0].where");
    }
    for (const char* right : {"region = 'eu' OR id < 5 -- these", "id > 1 # those", "FALSE", "note IS NULL"}) {
        CAPTURE(right);
        CHECK(with({changed("orders", [&](auto& m) { m.where = right; })}) == "taken");
    }
}

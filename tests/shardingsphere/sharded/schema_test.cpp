#include <algorithm>
#include <catch2/catch.hpp>

#include "adapters/liquibase/schema_tool.hpp"
#include "tests/integration/schema/schema_job.hpp"
#include "tests/shardingsphere/sharded/shards.hpp"

using namespace transload;
using namespace transload::test;

namespace {

constexpr const char* shop =
    "CREATE TABLE customers (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, email VARCHAR(100) NOT NULL, name VARCHAR(50) "
    "CHARACTER SET latin1 COLLATE latin1_german1_ci COMMENT 'it''s a \"name\"', note TEXT, UNIQUE KEY u_email (email), KEY "
    "k_name (name DESC), KEY `idx with space` (name, email(10)), FULLTEXT KEY ft (note)) DEFAULT CHARSET=utf8mb4 "
    "COLLATE=utf8mb4_unicode_ci COMMENT='customers; it''s';"
    "CREATE TABLE regions (id INT NOT NULL PRIMARY KEY, name VARCHAR(20), KEY k (name));"
    "CREATE TABLE visits (id INT NOT NULL PRIMARY KEY, customer BIGINT, region INT, KEY (customer), KEY (region), CONSTRAINT "
    "to_customer FOREIGN KEY (customer) REFERENCES customers (id), CONSTRAINT to_region FOREIGN KEY (region) REFERENCES regions (id));"
    "CREATE VIEW names AS SELECT name FROM customers; CREATE VIEW names_again AS SELECT * FROM names;"
    "CREATE VIEW places AS SELECT name FROM regions;"
    "CREATE TRIGGER on_customers BEFORE INSERT ON customers FOR EACH ROW SET NEW.note = 'x';"
    "CREATE TRIGGER on_regions BEFORE INSERT ON regions FOR EACH ROW SET NEW.name = TRIM(NEW.name);"
    "CREATE FUNCTION how_many() RETURNS INT READS SQL DATA RETURN (SELECT COUNT(*) FROM customers);"
    "CREATE PROCEDURE say() SELECT how_many();"
    "CREATE FUNCTION one() RETURNS INT DETERMINISTIC RETURN 1;"
    "CREATE EVENT tidy ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM customers WHERE id < 0;"
    "INSERT INTO customers (email, name, note) VALUES ('a@x', 'a', 'x'), ('b@x', 'b', 'x'), ('c@x', NULL, NULL);"
    "INSERT INTO regions VALUES (1, 'north'); INSERT INTO visits VALUES (1, 1, 1);";

/// A schema that moves to shards, customers sharded.
struct ShardedShop : Shards {
    ShardedShop() {
        on_source(shop);
        shard("customers", "id");
    }
    TempDir folder;
    Control control;
    JobId id{"job-sharded"};
    liquibase::LiquibaseSchemaTool tool;
    std::vector<TablePlan> tables;

    SchemaJob job() { return SchemaJob{id, spec, tables, folder / "schema", folder / "job.log"}; }
    SchemaReport generate() {
        tables = plans();
        return tool.generate(job(), control);
    }
    std::string names_on_unit(std::size_t index) const {
        return value(unit(index), "SELECT COALESCE(GROUP_CONCAT(TABLE_NAME ORDER BY TABLE_NAME), '') FROM "
                                  "information_schema.TABLES WHERE TABLE_SCHEMA = '" + database() + "'");
    }
};

/// "id object" of findings at least as severe, sorted.
std::vector<std::string> ids(const Findings& findings, const std::string& database, Severity at_least) {
    std::vector<std::string> result;
    for (const Finding& finding : findings) {
        if (at_least == Severity::warning && finding.severity == Severity::info) continue;
        if (at_least == Severity::error && finding.severity != Severity::error) continue;
        std::string object = finding.object;
        if (object.starts_with(database + ".")) object = object.substr(database.size() + 1);
        result.push_back(finding.id + " " + object);
    }
    std::sort(result.begin(), result.end());
    return result;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a schema comes to shards: the proxy makes the sharded tables, Liquibase the rest, and all is compared") {
    NEEDS_SHARDING_CLUSTER();
    ShardedShop move;
    const SchemaReport generated = move.generate();
    CHECK(ids(generated.different, move.database(), Severity::warning) ==
          Names{"schema.left_out_sharded how_many", "schema.left_out_sharded names", "schema.left_out_sharded names_again",
                "schema.left_out_sharded on_customers", "schema.left_out_sharded say", "schema.left_out_sharded tidy",
                "schema.left_out_sharded visits", "schema.sharded_auto_increment customers"});
    // The file of record describes the sharded table, and what is left out, too.
    const std::string file = read_file(move.folder / "schema" / (move.database() + ".xml"));
    CHECK_THAT(file, Catch::Contains("id=\"table:customers\" labels=\"pre-data,sharded\""));
    CHECK_THAT(file, Catch::Contains("id=\"view:names\" labels=\"post-data,stage-2,left-out\""));
    CHECK_THAT(file, Catch::Contains("id=\"foreign-keys:visits\" labels=\"post-data,stage-1\""));
    CHECK_THAT(file, Catch::Contains("id=\"foreign-keys-over-shards:visits\" labels=\"post-data,stage-1,left-out\""));
    CHECK_THAT(file, !Catch::Contains("id=\"indexes:customers\""));
    for (const DeferredIndexes& deferred : move.tool.deferred_indexes(move.job())) CHECK(deferred.target.table != "customers");

    move.tool.apply(move.job(), SchemaPart::pre_data, move.control);
    CHECK(move.names_on_unit(0) == "regions,visits");
    CHECK(move.names_on_unit(1).empty());
    const auto recorded = [&](const std::string& change) {
        return value(move.unit(0), "SELECT COALESCE(MAX(EXECTYPE), 'no') FROM _transload.changelog_job_sharded WHERE ID = '" + change + "'");
    };
    CHECK(recorded("table:customers") == "EXECUTED");
    CHECK(recorded("table:regions") == "EXECUTED");
    CHECK(recorded("view:names") == "no");
    const SchemaReport before = move.tool.compare(move.job(), SchemaPart::pre_data, move.control);
    CHECK(ids(before.different, move.database(), Severity::warning).empty());
    // Once more changes nothing: the table that is not there yet is not made on the default unit.
    move.tool.apply(move.job(), SchemaPart::pre_data, move.control);
    CHECK(move.names_on_unit(0) == "regions,visits");

    move.migrate({"customers"}, true);
    CHECK(move.names_on_unit(1) == "customers_1,customers_3");
    for (const DeferredIndexes& deferred : move.tool.deferred_indexes(move.job()))
        for (const std::string& clause : deferred.clauses)
            sql(move.unit(0), "ALTER TABLE " + identifier(deferred.target.table) + " " + clause + ";", move.database());
    move.tool.apply(move.job(), SchemaPart::post_data, move.control);
    const SchemaReport after = move.tool.compare(move.job(), SchemaPart::post_data, move.control);
    CHECK(text_of(after.different, Severity::warning) == "");
    CHECK(after.identical + after.equivalent == after.objects);
    CHECK(ids(after.different, move.database(), Severity::info) == Names(5, "schema.equivalent customers"));  // 4 tables, and the proxy
    CHECK(recorded("trigger:on_regions") == "EXECUTED");
    CHECK(recorded("foreign-keys:visits") == "EXECUTED");
    CHECK(recorded("function:one") == "EXECUTED");
    CHECK(recorded("foreign-keys-over-shards:visits") == "no");
    CHECK(recorded("trigger:on_customers") == "no");
    CHECK(recorded("procedure:say") == "no");

    SECTION("an index that one shard lacks is found, with the shard") {
        move.on_unit(1, "ALTER TABLE customers_3 DROP KEY k_name;");
        const SchemaReport report = move.tool.compare(move.job(), SchemaPart::post_data, move.control);
        CHECK(ids(report.different, move.database(), Severity::error) == Names{"schema.different customers"});
        CHECK_THAT(text_of(report.different, Severity::error), Catch::Contains("ds_1.customers_3"));
    }
    SECTION("a collation or a comment that differs on a shard is found") {
        move.on_unit(0, "ALTER TABLE customers_2 MODIFY email VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL;");
        move.on_unit(1, "ALTER TABLE customers_1 COMMENT 'other';");
        const SchemaReport report = move.tool.compare(move.job(), SchemaPart::post_data, move.control);
        CHECK(ids(report.different, move.database(), Severity::error) == Names(2, "schema.different customers"));
    }
    SECTION("an actual table that is gone is found") {
        move.on_unit(1, "DROP TABLE customers_1;");
        const SchemaReport report = move.tool.compare(move.job(), SchemaPart::post_data, move.control);
        CHECK_THAT(text_of(report.different, Severity::error), Catch::Contains("not there, as ds_1.customers_1"));
    }
    SECTION("taking back what the job created leaves the shards' tables to the engine that had them made") {
        move.tool.drop_created(move.job(), move.control);
        CHECK(move.names_on_unit(0) == "customers_0,customers_2");
        CHECK(move.names_on_unit(1) == "customers_1,customers_3");
    }
}

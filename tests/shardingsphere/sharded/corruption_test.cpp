#include <catch2/catch.hpp>

#include "tests/shardingsphere/sharded/shards.hpp"

using namespace transload;
using namespace transload::test;

namespace {

using Names = std::vector<std::string>;

/// 400 orders of 40 customers, spread by customer, in both places.
struct Orders : Shards {
    Orders() {
        shard("orders", "customer");
        on_both({"CREATE TABLE orders (id INT NOT NULL PRIMARY KEY, customer INT NOT NULL, item VARCHAR(20) NOT NULL)"});
        std::string insert = "INSERT INTO orders VALUES ";
        for (int i = 1; i <= 400; ++i)
            insert += (i == 1 ? "(" : ",(") + std::to_string(i) + "," + std::to_string(i % 40) + ",'item " + std::to_string(i) + "')";
        on_both({insert});
        rows_per_chunk = 90;
    }
    /// Runs a statement on the shard that holds the row; @ stands for the actual table.
    void change(int id, std::string statement) {
        const Found place = find("orders", "id = " + std::to_string(id));
        statement.replace(statement.find('@'), 1, place.table);
        on_unit(place.unit, statement + ";");
    }
};

}  // namespace

TEST_CASE("a row that was changed on a shard is found, with its column") {
    NEEDS_SHARDING_CLUSTER();
    Orders orders;
    orders.change(17, "UPDATE @ SET item = 'Item 17' WHERE id = 17");
    for (const ValidationLevel level : {ValidationLevel::sample, ValidationLevel::checksum, ValidationLevel::rows})
        CHECK(named(orders.validate(level)) == Names{"different orders id=17 item"});
    CHECK(clean(orders.validate(ValidationLevel::counts)));
}

TEST_CASE("two rows of one shard that have exchanged their values are found") {
    NEEDS_SHARDING_CLUSTER();
    Orders orders;
    orders.change(40, "UPDATE @ SET item = IF(id = 40, 'item 80', 'item 40') WHERE id IN (40, 80)");
    for (const ValidationLevel level : {ValidationLevel::checksum, ValidationLevel::rows})
        CHECK(named(orders.validate(level)) == Names{"different orders id=40 item", "different orders id=80 item"});
}

TEST_CASE("a row that a shard lost is found at every level") {
    NEEDS_SHARDING_CLUSTER();
    Orders orders;
    orders.change(399, "DELETE FROM @ WHERE id = 399");
    for (const ValidationLevel level : {ValidationLevel::sample, ValidationLevel::checksum, ValidationLevel::rows})
        CHECK(named(orders.validate(level)) == Names{"missing orders id=399"});
    const ValidationOutcome counts = orders.validate(ValidationLevel::counts);
    CHECK(counts.summary.mismatches == 1);
    CHECK(counts.tables[0].target_rows == 399);
}

TEST_CASE("rows that only a shard has are found, below the first and beyond the last key of the source too") {
    NEEDS_SHARDING_CLUSTER();
    Orders orders;
    const Shards::Found place = orders.find("orders", "customer = 4");
    orders.on_unit(place.unit, "INSERT INTO " + place.table + " VALUES (-5, 4, 'x'), (100000, 4, 'x');");
    for (const ValidationLevel level : {ValidationLevel::sample, ValidationLevel::checksum, ValidationLevel::rows}) {
        const ValidationOutcome outcome = orders.validate(level);
        CHECK(named(outcome) == Names{"extra orders id=-5", "extra orders id=100000"});
        CHECK(outcome.tables[0].target_rows == 402);
    }
    CHECK(orders.validate(ValidationLevel::counts).summary.mismatches == 2);
}

TEST_CASE("a row that two shards have is found, though nothing is unique over shards") {
    NEEDS_SHARDING_CLUSTER();
    Orders orders;
    const Shards::Found other = orders.elsewhere("orders", "id = 8");
    orders.on_unit(other.unit, "INSERT INTO " + other.table + " VALUES (8, 8, 'item 8');");
    for (const ValidationLevel level : {ValidationLevel::checksum, ValidationLevel::rows}) {
        const Names found = named(orders.validate(level));
        REQUIRE(found.size() == 2);  // once too often, and one of them in the wrong place
        CHECK_THAT(found[0], Catch::StartsWith("different orders id=8 (lies in"));
        CHECK(found[1] == "extra orders id=8");
    }
    // Its place taken by the loss of another row: numbers are right, and the rows are not.
    orders.change(300, "DELETE FROM @ WHERE id = 300");
    CHECK(clean(orders.validate(ValidationLevel::counts)));
    for (const ValidationLevel level : {ValidationLevel::checksum, ValidationLevel::rows})
        CHECK(orders.validate(level).summary.mismatches == 3);
}

TEST_CASE("a row on the wrong shard is found, though reading the whole table shows it") {
    NEEDS_SHARDING_CLUSTER();
    Orders orders;
    const Shards::Found there = orders.find("orders", "id = 123");
    const Shards::Found other = orders.elsewhere("orders", "id = 123");
    orders.on_unit(there.unit, "DELETE FROM " + there.table + " WHERE id = 123;");
    orders.on_unit(other.unit, "INSERT INTO " + other.table + " VALUES (123, 3, 'item 123');");
    const std::string how = "(lies in ds_" + std::to_string(other.unit) + "." + other.table + ", looked for in ds_" +
                            std::to_string(there.unit) + "." + there.table + ")";
    for (const ValidationLevel level : {ValidationLevel::sample, ValidationLevel::checksum, ValidationLevel::rows})
        CHECK(named(orders.validate(level)) == Names{"different orders id=123 " + how + " customer"});
}

TEST_CASE("rows on the wrong shard are found for string columns, and values that the proxy can't place are let be") {
    NEEDS_SHARDING_CLUSTER();
    Shards shards;
    shards.shard("tags", "tag");
    shards.on_both({"CREATE TABLE tags (tag VARCHAR(20) NOT NULL PRIMARY KEY, n INT)",
                    "INSERT INTO tags VALUES ('red',1),('green',2),('blue',3),('b l u e',4),('ä',5)"});
    shards.on_source("INSERT INTO tags VALUES ('it''s', 6);");
    shards.on_unit(0, "INSERT INTO tags_0 VALUES ('it''s', 6);");
    CHECK(clean(shards.validate(ValidationLevel::checksum)));
    const Shards::Found there = shards.find("tags", "tag = 'green'");
    const Shards::Found other = shards.elsewhere("tags", "tag = 'green'");
    shards.on_unit(other.unit, "INSERT INTO " + other.table + " VALUES ('green', 2);");
    shards.on_unit(there.unit, "DELETE FROM " + there.table + " WHERE tag = 'green';");
    const Names found = named(shards.validate(ValidationLevel::checksum));
    // Looked for by its key, which is what the table is spread by, the row is not there at all.
    REQUIRE(!found.empty());
    CHECK(std::any_of(found.begin(), found.end(), [](const std::string& one) {
        return one.find("tag='green' (lies in") != std::string::npos;
    }));
}

TEST_CASE("a row on a shard that its range does not lead to is found, although applications never see it") {
    NEEDS_SHARDING_CLUSTER();
    Shards shards;
    // An algorithm that knows from a range which shards not to ask.
    shards.shard({"ranges", {"ds_0", "ds_1"}, "id", "boundary_range", {{"sharding-ranges", "100,200,300"}}});
    shards.on_both({"CREATE TABLE ranges (id INT NOT NULL PRIMARY KEY)"});
    std::string insert = "INSERT INTO ranges VALUES (0)";
    for (int i = 1; i < 400; i += 3) insert += ",(" + std::to_string(i) + ")";
    shards.on_both({insert});
    shards.rows_per_chunk = 20;
    for (const ValidationLevel level : {ValidationLevel::counts, ValidationLevel::checksum, ValidationLevel::rows})
        CHECK(clean(shards.validate(level)));
    const Shards::Found first = shards.find("ranges", "id = 1");
    shards.on_unit(first.unit, "INSERT INTO " + first.table + " VALUES (350);");
    for (const ValidationLevel level : {ValidationLevel::checksum, ValidationLevel::rows}) {
        const ValidationOutcome outcome = shards.validate(level);
        CHECK(outcome.summary.mismatches > 0);
        const Names found = named(outcome);
        CHECK(std::any_of(found.begin(), found.end(), [](const std::string& one) {
            return one.find("id=350") != std::string::npos;
        }));
    }
    CHECK(shards.validate(ValidationLevel::counts).summary.mismatches == 1);
}

TEST_CASE("a sharded table is not repaired, and that is said") {
    NEEDS_SHARDING_CLUSTER();
    Orders orders;
    orders.change(17, "UPDATE @ SET item = 'other' WHERE id = 17");
    RecordingControl control;
    const ValidationOutcome outcome = orders.validate(ValidationLevel::checksum, control, true);
    CHECK(outcome.summary.mismatches == 1);
    CHECK(outcome.summary.repaired == 0);
    const auto events = control.events();
    CHECK(std::any_of(events.begin(), events.end(), [](const std::string& one) {
        return one.find("not repaired: the table is sharded") != std::string::npos;
    }));
    CHECK(named(orders.validate(ValidationLevel::checksum)) == Names{"different orders id=17 item"});
}

TEST_CASE("a table that no shard has is missing, and one that some lack is an error that names the place") {
    NEEDS_SHARDING_CLUSTER();
    Orders orders;
    orders.on_source("CREATE TABLE later (id INT NOT NULL PRIMARY KEY); INSERT INTO later VALUES (1), (2);");
    orders.shard("later", "id");
    const ValidationOutcome outcome = orders.validate(ValidationLevel::checksum);
    CHECK(outcome.summary.mismatches == 2);
    orders.on_unit(1, "DROP TABLE orders_1;");
    CHECK_THROWS_WITH(orders.validate(ValidationLevel::checksum), Catch::Contains("ds_1.orders_1 is not"));
}

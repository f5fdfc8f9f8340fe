#include "adapters/shardingsphere/distsql/statements.hpp"

#include <catch2/catch.hpp>

#include "adapters/shardingsphere/distsql/unit_url.hpp"

using namespace transload;
using namespace transload::shardingsphere;

namespace {

const std::string id = "j0102p0000" + std::string(32, 'a');

UnitDefinition unit(std::string password = "pw") {
    UnitDefinition result;
    result.name = "ds_0";
    result.endpoint.host = "db";
    result.endpoint.user = "mover";
    result.endpoint.password = Secret(std::move(password));
    result.database = "shop";
    return result;
}

}  // namespace

TEST_CASE("units are registered by URL with their account and the size of their pool") {
    const std::string url = unit_url(unit().endpoint, "shop");
    const std::string clause = "`ds_0` (URL='" + url +
                               "', USER='mover', PASSWORD='pw', PROPERTIES('maxPoolSize'='50', 'minPoolSize'='1'))";
    CHECK(statements::register_storage_unit(unit()) == "REGISTER STORAGE UNIT " + clause);
    CHECK(statements::register_source_unit(unit()) == "REGISTER MIGRATION SOURCE STORAGE UNIT " + clause);
    CHECK(statements::register_storage_unit(unit("")).find("PASSWORD") == std::string::npos);
}

TEST_CASE("the two sides carry a password in their own ways, and the source's refuses quotes") {
    CHECK(statements::register_storage_unit(unit("it's")).find(R"(PASSWORD='it\'s')") != std::string::npos);
    CHECK_THROWS_AS(statements::register_source_unit(unit("it's")), Error);
    CHECK_NOTHROW(statements::register_source_unit(unit(std::string(32, 'p'))));
    CHECK_THROWS_AS(statements::register_source_unit(unit(std::string(33, 'p'))), Error);
    CHECK_NOTHROW(statements::register_storage_unit(unit(std::string(100, 'p'))));
    CHECK(statements::register_source_unit(unit("a\\b")).find(R"(PASSWORD='a\"b')") != std::string::npos);
}

TEST_CASE("a migration rule is always whole") {
    MigrationRule rule{.read_threads = 4, .read_batch = 500, .sharding_size = 250'000, .write_threads = 8,
                       .write_batch = 100, .queue_size = 2'000};
    CHECK(statements::alter_migration_rule(rule) ==
          "ALTER MIGRATION RULE (READ(WORKER_THREAD=4, BATCH_SIZE=500, SHARDING_SIZE=250000), "
          "WRITE(WORKER_THREAD=8, BATCH_SIZE=100), "
          "STREAM_CHANNEL(TYPE(NAME='MEMORY', PROPERTIES('block-queue-size'='2000'))))");
    rule.rows_per_second = 2'600;
    CHECK(statements::batches_per_second(rule) == 5);
    CHECK(statements::alter_migration_rule(rule).find(
              "SHARDING_SIZE=250000, RATE_LIMITER(TYPE(NAME='QPS', PROPERTIES('qps'='5')))), WRITE") !=
          std::string::npos);
    rule.rows_per_second = 1;
    CHECK(statements::batches_per_second(rule) == 1);
    rule.read_batch = 0;
    rule.sharding_size = 1ULL << 40;
    CHECK(statements::alter_migration_rule(rule).find("BATCH_SIZE=1, SHARDING_SIZE=2147483647") != std::string::npos);
}

TEST_CASE("a sharding rule names units, column and algorithm with its properties") {
    const ShardingRule rule{.table = "orders", .units = {"ds_0", "ds_1"}, .column = "id", .algorithm = "hash_mod",
                            .properties = {{"sharding-count", "4"}}};
    CHECK(statements::create_sharding_rule(rule) ==
          "CREATE SHARDING TABLE RULE `orders` (STORAGE_UNITS(`ds_0`, `ds_1`), SHARDING_COLUMN=`id`, "
          "TYPE(NAME='hash_mod', PROPERTIES('sharding-count'='4')))");
    ShardingRule hostile = rule;
    hostile.algorithm = "x'))--";
    CHECK_THROWS_AS(statements::create_sharding_rule(hostile), Error);
    hostile = rule;
    hostile.units = {"a,b"};
    CHECK_THROWS_AS(statements::create_sharding_rule(hostile), Error);
    hostile = rule;
    hostile.column = "a`b";
    CHECK_THROWS_AS(statements::create_sharding_rule(hostile), Error);
    CHECK(statements::drop_sharding_rule("orders") == "DROP SHARDING TABLE RULE `orders`");
    CHECK(statements::show_sharding_nodes("orders") == "SHOW SHARDING TABLE NODES `orders`");
}

TEST_CASE("MIGRATE TABLE stands without quotes and refuses what would need them") {
    CHECK(statements::migrate_table("src", "orders", "shop", "tl_orders") ==
          "MIGRATE TABLE src.orders INTO shop.tl_orders");
    CHECK_THROWS_AS(statements::migrate_table("src", "user", "shop", "t"), Error);
    CHECK_THROWS_AS(statements::migrate_table("src", "t", "shop", "t; DROP DATABASE shop"), Error);
    CHECK_THROWS_AS(statements::migrate_table("user", "t", "shop", "t"), Error);
    CHECK_THROWS_AS(statements::migrate_table("src", "t", "job", "t"), Error);
}

TEST_CASE("statements about a job carry its id and nothing else") {
    CHECK(statements::of_job("COMMIT MIGRATION", id) == "COMMIT MIGRATION '" + id + "'");
    CHECK(statements::check_migration(id, 500) ==
          "CHECK MIGRATION '" + id + "' BY TYPE(NAME='DATA_MATCH', PROPERTIES('chunk-size'='500'))");
    CHECK_THROWS_AS(statements::of_job("ROLLBACK MIGRATION", "x' OR '1"), Error);
}

TEST_CASE("statements of databases, units and single tables quote their names") {
    CHECK(statements::create_database("user") == "CREATE DATABASE `user`");
    CHECK(statements::drop_database("shop") == "DROP DATABASE `shop`");
    CHECK(statements::use("shop") == "USE `shop`");
    CHECK(statements::show_storage_units("shop") == "SHOW STORAGE UNITS FROM `shop`");
    CHECK(statements::unregister_storage_unit("ds") == "UNREGISTER STORAGE UNIT `ds`");
    CHECK(statements::unregister_source_unit("ds") == "UNREGISTER MIGRATION SOURCE STORAGE UNIT `ds`");
    CHECK(statements::set_default_single_unit("ds") == "SET DEFAULT SINGLE TABLE STORAGE UNIT = `ds`");
    CHECK(statements::load_single_tables("ds", {"a b", "c"}) == "LOAD SINGLE TABLE `ds`.`a b`, `ds`.`c`");
    CHECK_THROWS_AS(statements::create_database("my-shop"), Error);
}

#include "adapters/shardingsphere/distsql/results.hpp"

#include <catch2/catch.hpp>

using namespace transload;
using namespace transload::shardingsphere;
using results::AnswerRow;

namespace {

AnswerRow status_row() {
    return {{"item", "0"}, {"data_source", "src"}, {"tables", "src.t"}, {"status", "EXECUTE_INVENTORY_TASK"},
            {"active", "true"}, {"processed_records_count", "17"}, {"inventory_finished_percentage", "42"},
            {"incremental_idle_seconds", ""}, {"error_message", ""}};
}

AnswerRow check_row(std::string result, std::string active, std::string error = "") {
    return {{"result", std::move(result)}, {"active", std::move(active)}, {"inventory_finished_percentage", "100"},
            {"error_message", std::move(error)}};
}

}  // namespace

TEST_CASE("a status is read by the names of its columns, whatever was added to them") {
    AnswerRow row = status_row();
    row["a_new_column"] = "x";
    const MigrationStatus status = results::migration_status({row});
    CHECK(status.status == "EXECUTE_INVENTORY_TASK");
    CHECK(status.active);
    CHECK(status.processed_records == 17);
    CHECK(status.inventory_percentage == 42);
    CHECK_FALSE(status.incremental_idle_seconds);
    CHECK_FALSE(status.inventory_done());
    row["incremental_idle_seconds"] = "3";
    row["status"] = "EXECUTE_INCREMENTAL_TASK";
    CHECK(results::migration_status({row}).incremental_idle_seconds == 3);
    CHECK(results::migration_status({row}).inventory_done());
}

TEST_CASE("a job without progress has a status of nothing") {
    CHECK(results::migration_status({}).status.empty());
    AnswerRow row = status_row();
    for (const char* column : {"status", "processed_records_count", "inventory_finished_percentage"}) row[column] = "";
    CHECK(results::migration_status({row}).processed_records == 0);
    CHECK(results::migration_status({row}).inventory_percentage == 0);
}

TEST_CASE("a missing column and a text where a number belongs are errors that name the column") {
    AnswerRow row = status_row();
    row["processed_records_count"] = "12x";
    CHECK_THROWS_WITH(results::migration_status({row}), Catch::Contains("processed_records_count"));
    row = status_row();
    row.erase("error_message");
    CHECK_THROWS_WITH(results::migration_status({row}), Catch::Contains("error_message"));
}

TEST_CASE("a check is true, false or not told, and its error is none of these") {
    CHECK_FALSE(results::check_status({}));
    CHECK(results::check_status({check_row("true", "false")})->result == true);
    CHECK(results::check_status({check_row("false", "false")})->result == false);
    CHECK_FALSE(results::check_status({check_row("", "true")})->result);
    CHECK(results::check_status({check_row("", "true")})->active);
    const auto failed = results::check_status({check_row("", "false", "java.lang.X")});
    CHECK_FALSE(failed->result);
    CHECK(failed->error_message == "java.lang.X");
    CHECK(results::check_status({check_row("true", "false"), check_row("false", "false")})->result == false);
    CHECK_FALSE(results::check_status({check_row("true", "false"), check_row("", "true")})->result);
}

TEST_CASE("a migration rule is read from its JSON, with its limiter as rows a second") {
    AnswerRow row{{"read", R"({"workerThread":4,"batchSize":500,"shardingSize":250000,)"
                           R"("rateLimiter":{"type":"QPS","props":{"qps":"5"}}})"},
                  {"write", R"({"workerThread":8,"batchSize":100})"},
                  {"stream_channel", R"({"type":"MEMORY","props":{"block-queue-size":"3000"}})"}};
    CHECK(results::migration_rule({row}) == MigrationRule{.read_threads = 4, .read_batch = 500,
                                                          .sharding_size = 250'000, .write_threads = 8,
                                                          .write_batch = 100, .queue_size = 3'000,
                                                          .rows_per_second = 2'500});
    row["read"] = "";
    CHECK(results::migration_rule({row}).read_batch == 1'000);
    row["read"] = "[1]";
    CHECK_THROWS_AS(results::migration_rule({row}), Error);
    CHECK_THROWS_AS(results::migration_rule({}), Error);
}

TEST_CASE("the mode tells the namespace and the servers of ZooKeeper") {
    const ProxyMode mode = results::mode({{{"type", "Cluster"},
                                           {"repository", "ZooKeeper"},
                                           {"props", R"({"namespace":"n1","server-lists":"a:1,b:2","maxRetries":3})"}}});
    CHECK(mode.type == "Cluster");
    CHECK(mode.repository == "ZooKeeper");
    CHECK(mode.namespace_name == "n1");
    CHECK(mode.server_lists == "a:1,b:2");
    CHECK(results::mode({{{"type", "Standalone"}, {"repository", "JDBC"}, {"props", ""}}}).namespace_name.empty());
}

TEST_CASE("nodes of a sharded table come one by one") {
    CHECK(results::nodes({{{"name", "t"}, {"nodes", "ds_0.t_0, ds_1.t_1,ds_0.t_2"}}}) ==
          std::vector<std::string>{"ds_0.t_0", "ds_1.t_1", "ds_0.t_2"});
    CHECK(results::nodes({{{"nodes", ""}}}).empty());
}

TEST_CASE("units, nodes and migrations are read by name") {
    const auto units = results::units({{{"name", "ds"}, {"host", "h"}, {"port", "3306"}, {"db", "shop"}, {"x", ""}}});
    REQUIRE(units.size() == 1);
    CHECK(units[0].port == 3306);
    CHECK(units[0].database == "shop");
    CHECK_THROWS_AS(results::units({{{"name", "ds"}, {"host", "h"}, {"port", "99999"}, {"db", "shop"}}}), Error);
    results::AnswerRow self{{"instance_id", "i"}, {"host", "h"}, {"port", "3307"}, {"status", "OK"}, {"version", "5.5.2"}};
    CHECK(results::compute_node({self}).instance_id == "i");
    self["instance_id"] = "";
    CHECK_THROWS_AS(results::compute_node({self}), Error);
    CHECK_THROWS_AS(results::compute_node({}), Error);
    const auto jobs = results::migrations({{{"id", "j"}, {"tables", "src.t"}, {"active", "false"}}});
    CHECK_FALSE(jobs.at(0).active);
}

#include "adapters/shardingsphere/gate/sharding_judgement.hpp"

#include <catch2/catch.hpp>

using namespace transload;
using namespace transload::shardingsphere;

namespace {

using Ids = std::vector<std::string>;

Ids ids(const std::vector<Reason>& reasons) {
    Ids all;
    for (const Reason& reason : reasons) all.emplace_back(std::string(reason.id.kind().id).substr(15));
    return all;
}

JobSpec job() {
    JobSpec spec;
    spec.databases = {{"shop", "shop"}};
    ShardedTarget target;
    target.database = "shop";
    for (const int i : {0, 1}) {
        StorageUnit unit;
        unit.name = "ds_" + std::to_string(i);
        unit.endpoint.port = static_cast<std::uint16_t>(3306 + i);
        unit.database = "shop";
        target.units.push_back(unit);
    }
    target.default_unit = "ds_0";
    target.rules.push_back({"orders", {"ds_0", "ds_1"}, "customer", "hash_mod", {{"sharding-count", "4"}}});
    spec.sharding = target;
    return spec;
}

TablePlan orders(const std::string& type = "int(11)", bool nullable = false) {
    TablePlan plan;
    plan.source = {"shop", "orders"};
    Column id, customer;
    id.name = "id";
    customer.name = "customer";
    customer.column_type = type;
    customer.data_type = type.substr(0, type.find_first_of("( "));
    customer.is_unsigned = type.find("unsigned") != std::string::npos;
    customer.nullable = nullable;
    plan.columns = {id, customer};
    return plan;
}

}  // namespace

TEST_CASE("rules that fit have no findings") {
    const JobSpec spec = job();
    CHECK(ids(judge_rules(spec, {orders()})).empty());
    CHECK(rule_of(spec, orders()) == &spec.sharding->rules[0]);
    TablePlan other = orders();
    other.source.table = "customers";
    CHECK(rule_of(spec, other) == nullptr);
}

TEST_CASE("rules that name what there is not are refused") {
    JobSpec spec = job();
    spec.sharding->rules[0].table = "gone";
    CHECK(ids(judge_rules(spec, {orders()})) == Ids{"sharding_table"});
    spec = job();
    spec.sharding->rules.push_back(spec.sharding->rules[0]);
    CHECK(ids(judge_rules(spec, {orders()})) == Ids{"sharding_table"});
    spec = job();
    spec.sharding->rules[0].units.push_back("ds_9");
    spec.sharding->default_unit = "ds_8";
    CHECK(ids(judge_rules(spec, {orders()})) == Ids{"sharding_unit", "sharding_unit"});
    spec = job();
    spec.sharding->rules[0].units.clear();
    CHECK(ids(judge_rules(spec, {orders()})) == Ids{"sharding_unit"});
    spec = job();
    spec.sharding->units[1] = spec.sharding->units[0];
    spec.sharding->units[1].name = "ds_1";
    CHECK(ids(judge_rules(spec, {orders()})) == Ids{"sharding_unit"});
    spec = job();
    spec.databases.push_back({"audit", "audit"});
    CHECK(ids(judge_rules(spec, {orders()})) == Ids{"sharding_databases"});
}

TEST_CASE("an algorithm must place tables by itself and have its properties") {
    JobSpec spec = job();
    spec.sharding->rules[0].algorithm = "inline";
    CHECK(ids(judge_rules(spec, {orders()})) == Ids{"sharding_algorithm"});
    spec.sharding->rules[0].algorithm = "VOLUME_RANGE";
    CHECK(ids(judge_rules(spec, {orders()})).size() == 3);
    spec.sharding->rules[0].algorithm = "MOD";
    CHECK(ids(judge_rules(spec, {orders()})).empty());
}

TEST_CASE("a sharding column must exist, hold a value and be of a type that is placed the same by all") {
    const ShardingRule rule = job().sharding->rules[0];
    CHECK(ids(judge_sharded_table(orders(), {}, rule)).empty());
    CHECK(ids(judge_sharded_table(orders("varchar(20)"), {}, rule)).empty());
    CHECK(ids(judge_sharded_table(orders("int(11)", true), {}, rule)) == Ids{"sharding_column"});
    for (const char* type : {"datetime", "decimal(9,2)", "double", "binary(16)"}) {
        CAPTURE(type);
        CHECK(ids(judge_sharded_table(orders(type), {}, rule)) == Ids{"sharding_column"});
    }
    TablePlan generated = orders();
    generated.columns[1].generated = true;
    CHECK(ids(judge_sharded_table(generated, {}, rule)) == Ids{"sharding_column"});
    TablePlan without = orders();
    without.columns.pop_back();
    CHECK(ids(judge_sharded_table(without, {}, rule)) == Ids{"sharding_column"});
}

TEST_CASE("numbers whose hash depends on who asks are refused for hash_mod and fine for mod") {
    ShardingRule rule = job().sharding->rules[0];
    TableFacts negative;
    negative.data.negative = {"customer"};
    CHECK(ids(judge_sharded_table(orders("bigint(20)"), {}, rule)).empty());
    CHECK(ids(judge_sharded_table(orders("bigint(20)"), negative, rule)) == Ids{"sharding_column"});
    CHECK(ids(judge_sharded_table(orders("int(11)"), negative, rule)).empty());
    CHECK(ids(judge_sharded_table(orders("bigint(20) unsigned"), {}, rule)) == Ids{"sharding_column"});
    rule.algorithm = "mod";
    CHECK(ids(judge_sharded_table(orders("bigint(20)"), negative, rule)).empty());
    CHECK(ids(judge_sharded_table(orders("bigint(20) unsigned"), {}, rule)).empty());
}

TEST_CASE("a unique key without the sharding column is a warning") {
    TableFacts facts;
    facts.indexes = {{.name = "PRIMARY", .unique = true, .columns = {"id"}},
                     {.name = "both", .unique = true, .columns = {"id", "Customer"}},
                     {.name = "plain", .unique = false, .columns = {"id"}}};
    const std::vector<Reason> reasons = judge_sharded_table(orders(), facts, job().sharding->rules[0]);
    REQUIRE(ids(reasons) == Ids{"sharding_uniqueness"});
    CHECK(reasons[0].id.kind().weight == Weight::warning);
    CHECK(reasons[0].message.find("PRIMARY") != std::string::npos);
}

TEST_CASE("what depends on a sharded table is found, and what depends on that") {
    using Kind = mysql::StoredObject::Kind;
    TablePlan plan = orders(), lines = orders();
    plan.sharded = true;
    lines.source.table = "lines";
    mysql::DatabaseObjects objects;
    objects.database = "shop";
    objects.foreign_keys = {{"fk", {"shop", "lines"}, {"shop", "orders"}, ""},
                            {"up", {"shop", "orders"}, {"shop", "lines"}, ""},
                            {"other", {"shop", "lines"}, {"shop", "lines"}, ""}};
    const auto object = [](Kind kind, std::string name, std::string body, std::string table = "") {
        mysql::StoredObject made{kind, {"shop", std::move(name)}, "", std::move(table), std::move(body), ""};
        return made;
    };
    objects.stored = {object(Kind::view, "totals", "select 1 from `shop`.`per_day`"),
                      object(Kind::view, "per_day", "select 1 from `shop`.`orders`"),
                      object(Kind::view, "harmless", "select 1 from `shop`.`reorders`"),
                      object(Kind::trigger, "on_orders", "SET @a = 1", "orders"),
                      object(Kind::trigger, "on_lines", "UPDATE Orders SET n = 1", "lines"),
                      object(Kind::procedure, "clean", "BEGIN DELETE FROM orders; END"),
                      object(Kind::event, "nightly", "CALL clean()")};
    const std::vector<Reason> reasons = judge_dependants(objects, {lines, plan}, Selection{});
    CHECK(ids(reasons) == Ids{"sharding_foreign_key", "sharding_child", "sharding_trigger", "sharding_program",
                              "sharding_program", "sharding_program", "sharding_program"});
    Selection selection;
    selection.exclude = {"per_day"};
    CHECK(judge_dependants(objects, {lines, plan}, selection).size() == 5);
}

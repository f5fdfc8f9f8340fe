#include <catch2/catch.hpp>

#include "adapters/mysql/json_types.hpp"
#include "adapters/mysql/key_range.hpp"
#include "adapters/mysql/row_codec.hpp"
#include "orchestrator/plan/target_side.hpp"

using namespace transload;
using namespace transload::mysql;

namespace {

Column column(std::string name, std::string type, std::string on_target = {}) {
    Column made;
    made.name = std::move(name);
    made.target_name = std::move(on_target);
    made.data_type = made.column_type = std::move(type);
    return made;
}

/// d.t (id, v, secret) → e.u (number, w), some rows only.
TablePlan mapped() {
    TablePlan plan;
    plan.source = {"d", "t"};
    plan.target = {"e", "u"};
    plan.columns = {column("secret", "int"), column("id", "int", "number"), column("v", "int", "w")};
    plan.columns[0].left_out = true;
    plan.key = RowKey{"PRIMARY", {{1, false}}};
    plan.row_filter = "v > 1 OR v < -1";
    return plan;
}

const KeyRange range{KeyValue{"5"}, KeyValue{"9"}};

}  // namespace

TEST_CASE("of a mapped table rows are read under the source's names and written under the target's") {
    const TablePlan plan = mapped();
    CHECK(select_list(plan) == "`id`, `v`");
    CHECK(load_statement(plan).find("INTO TABLE `e`.`u`") != std::string::npos);
    CHECK(load_statement(plan).find("(`number`, `w`)") != std::string::npos);
    CHECK(insert_prefix(plan) == "INSERT INTO `e`.`u` (`number`, `w`) VALUES ");
    std::string row;
    const std::string id = "7", v = "8";
    append_insert_row(plan, std::vector<Field>{{id.data(), 1}, {v.data(), 1}}, row);
    CHECK(row == "(7,8)");
    CHECK(key_reading(plan).fields == std::vector<std::size_t>{0});
}

TEST_CASE("every condition on the source holds the row filter, none on the target does") {
    const TablePlan plan = mapped();
    CHECK(range_predicate(plan, range) == "(v > 1 OR v < -1\n) AND `id` > 5 AND `id` <= 9");
    CHECK(range_predicate(plan, {}) == "(v > 1 OR v < -1\n)");
    CHECK(key_condition(plan, {{"5"}, {"6"}}) == "(v > 1 OR v < -1\n) AND `id` IN (5, 6)");
    const TablePlan there = target_side(plan);
    CHECK(there.source == plan.target);
    CHECK(range_predicate(there, range) == "`number` > 5 AND `number` <= 9");
    CHECK(range_predicate(there, {}) == "TRUE");
    CHECK(key_condition(there, {{"5"}, {"6"}}) == "`number` IN (5, 6)");
    CHECK(key_order(there) == "`number`");
    CHECK(select_list(there) == "`number`, `w`");
    CHECK(insert_prefix(there) == insert_prefix(plan));
}

TEST_CASE("a table is mapped when its name, a column or its rows are others on the target") {
    TablePlan plan = mapped();
    CHECK(is_mapped(plan));
    plan.target = {"e", "t"};
    plan.row_filter.clear();
    CHECK(is_mapped(plan));
    plan.columns[0].left_out = false;
    CHECK(is_mapped(plan));
    for (Column& one : plan.columns) one.target_name.clear();
    CHECK_FALSE(is_mapped(plan));
    plan.target.table = "u";
    CHECK(is_mapped(plan));
}

#include "adapters/native/stream/table_sql.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/stream/hand_made.hpp"

using namespace transload;
using namespace transload::native;
using namespace transload::test;

namespace {

mysql::ServerVersion version(int major, int minor, int patch) { return {major, minor, patch, false, ""}; }

std::string update(const TablePlan& plan, const Cells& before, const Cells& after) {
    const TableSql sql(plan, version(8, 0, 15));
    std::string text;
    sql.append_update(image(before), image(after), text);
    sql.append_where_key(image(before), text);
    return text;
}

}  // namespace

TEST_CASE("An update writes what changed, and nothing that stands already") {
    const TablePlan plan = small_table();
    CHECK(update(plan, {"1", "5", "a"}, {"1", "6", "a"}) == "UPDATE `shop`.`items` SET `u`=6 WHERE `id`=1");
    CHECK(update(plan, {"1", "-", "-"}, {"-", std::nullopt, "-"}) == "UPDATE `shop`.`items` SET `u`=NULL WHERE `id`=1");
    CHECK(update(plan, {"1", "5", "a"}, {"2", "5", "it's"}) ==
          "UPDATE `shop`.`items` SET `id`=2,`t`=_binary'it\\'s' WHERE `id`=1");
    CHECK(update(plan, {"1", "5", "a"}, {"1", "5", "a"}) == "UPDATE `shop`.`items` SET `id`=`id` WHERE `id`=1");
}

TEST_CASE("Columns that may update themselves are held") {
    TablePlan plan = small_table();
    plan.columns[2].data_type = plan.columns[2].column_type = "timestamp";
    plan.columns[2].charset = plan.columns[2].collation = "";
    CHECK(update(plan, {"1", "5", "2024-01-01 00:00:00"}, {"1", "6", "2024-01-01 00:00:00"}) ==
          "UPDATE `shop`.`items` SET `u`=6,`t`=`t` WHERE `id`=1");
}

TEST_CASE("Overwriting names the new rows as the server knows how to") {
    const TablePlan plan = small_table();
    CHECK(TableSql(plan, version(8, 0, 15)).overwrite_suffix() ==
          " ON DUPLICATE KEY UPDATE `u`=VALUES(`u`),`t`=VALUES(`t`)");
    CHECK(TableSql(plan, version(9, 7, 0)).overwrite_suffix() ==
          " AS _new ON DUPLICATE KEY UPDATE `u`=_new.`u`,`t`=_new.`t`");
}

TEST_CASE("A row without a key is found by every byte of it") {
    TablePlan plan = small_table();
    plan.key.reset();
    const TableSql sql(plan, version(8, 0, 15));
    std::string text;
    sql.append_where_row(image({"1", std::nullopt, "a "}), text);
    CHECK(text == " WHERE `id` = 1 AND `u` IS NULL AND CAST(`t` AS BINARY) = _binary'a ' LIMIT 1");
}

TEST_CASE("Names and columns are those of the target") {
    TablePlan plan = small_table();
    plan.target = {"new", "goods"};
    plan.columns[0].target_name = "number";
    plan.columns[1].left_out = true;
    const TableSql sql(plan, version(8, 0, 15));
    CHECK(sql.insert_prefix() == "INSERT INTO `new`.`goods` (`number`,`t`) VALUES ");
    CHECK(update(plan, {"1", "5", "a"}, {"1", "6", "b"}) == "UPDATE `new`.`goods` SET `t`=_binary'b' WHERE `number`=1");
    std::string text = sql.delete_prefix();
    sql.append_key(image({"1", "5", "a"}), text);
    CHECK(text == "DELETE FROM `new`.`goods` WHERE `number` IN (1");
}

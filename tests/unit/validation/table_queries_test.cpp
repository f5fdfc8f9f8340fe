#include "adapters/mysql/validation/table_queries.hpp"

#include <catch2/catch.hpp>

using namespace transload;
using namespace transload::mysql;
using namespace transload::mysql::validation;

namespace {

struct Table {
    TablePlan plan;
    ComparedTable compared;
    Table() {
        Column id;
        id.name = "id";
        id.data_type = id.column_type = "int";
        id.nullable = false;
        plan.columns = {id};
        plan.key = RowKey{"PRIMARY", {{0, false}}};
        compared.row_digest = {"D(s)", "D(t)"};
    }
    [[nodiscard]] TableQueries queries() const {
        return TableQueries(plan, compared, {"`a`.`t`", "FORCE INDEX (`PRIMARY`)", true}, {"`b`.`t`", "", false});
    }
};

}  // namespace

TEST_CASE("each server is asked in its own way for the digest of a range") {
    const Table table;
    const KeyRange range{KeyValue{"5"}, KeyValue{"9"}};
    CHECK(table.queries().range_digest(Side::source, range, false) ==
          "SELECT COUNT(*), HEX(BIT_XOR(UNHEX(D(s)))) FROM `a`.`t` FORCE INDEX (`PRIMARY`) WHERE `id` > 5 AND `id` <= 9");
    CHECK(table.queries().range_digest(Side::target, {}, false) ==
          "SELECT COUNT(*), BIT_XOR(CAST(CONV(LEFT(@transload_d := D(t), 16), 16, 10) AS UNSIGNED)), "
          "BIT_XOR(CAST(CONV(RIGHT(@transload_d, 16), 16, 10) AS UNSIGNED)) FROM `b`.`t`  WHERE TRUE");
}

TEST_CASE("both ways of saying a range's digest are read as the same") {
    const RangeDigest wide = parse_range_digest({"3", "00000000000000FF8000000000000001"}, false);
    const RangeDigest narrow = parse_range_digest({"3", "255", "9223372036854775809"}, false);
    CHECK(wide == narrow);
    CHECK(wide.rows == 3);
    CHECK(parse_range_digest({"0", "00"}, false) == parse_range_digest({"0", "0", "0"}, false));
    CHECK(parse_range_digest({"2", "10", "20"}, true) != parse_range_digest({"2", "10", "21"}, true));
    CHECK_THROWS_AS(parse_range_digest({"3", std::nullopt}, false), Error);
}

TEST_CASE("a proxy is asked neither for an order nor for a limit, and sends keys as hex digits") {
    const Table table;
    SideTable proxy{"`t`", "FORCE INDEX (`PRIMARY`)", false};
    proxy.reach = Reach::proxy;
    const TableQueries queries(table.plan, table.compared, {"`a`.`t`", "", true}, proxy);
    const KeyRange range{KeyValue{"5"}, KeyValue{"9"}};
    CHECK(queries.rows(Side::target, range, RowForm::digest) ==
          "SELECT HEX(CONCAT(`id`)), D(t) FROM `t` FORCE INDEX (`PRIMARY`) WHERE (`id` > 5 AND `id` <= 9) OR (1 = 0)");
    CHECK(queries.rows(Side::source, range, RowForm::digest) == "SELECT `id`, D(s) FROM `a`.`t`  WHERE `id` > 5 AND `id` <= 9");
    CHECK(queries.probes(Side::target, {"5"}).find("LIMIT") == std::string::npos);
    CHECK(queries.digests_from(Side::target, "a0") == "SELECT D(t) FROM `t` WHERE LEFT(D(t), 2) = 'a0'");
    // Both sides add up the same 60 bits twice, whatever the servers could do.
    CHECK(queries.range_digest(Side::source, {}, false) ==
          "SELECT COUNT(*), BIT_XOR(CAST(CONV(LEFT(@transload_d := D(s), 15), 16, 10) AS UNSIGNED)), "
          "BIT_XOR(CAST(CONV(RIGHT(@transload_d, 15), 16, 10) AS UNSIGNED)) FROM `a`.`t`  WHERE TRUE");
    CHECK(queries.range_digest(Side::target, {}, false) ==
          "SELECT COUNT(*), BIT_XOR(CAST(CONV(LEFT(D(t), 15), 16, 10) AS UNSIGNED)) AS transload_left, "
          "BIT_XOR(CAST(CONV(RIGHT(D(t), 15), 16, 10) AS UNSIGNED)) AS transload_right FROM `t` FORCE INDEX (`PRIMARY`) WHERE (TRUE) OR (1 = 0)");
}

TEST_CASE("keys from a proxy are bytes again, and what is no hex is an error") {
    const std::string first = "00FF27", second = "35", bad = "0x", odd = "1";
    const Field row[] = {{first.data(), first.size()}, {second.data(), second.size()}};
    CHECK(read_key_parts(row, 2, Reach::proxy) == KeyValue{std::string("\0\xff'", 3), "5"});
    CHECK(read_key_parts(row, 2, Reach::server) == KeyValue{"00FF27", "35"});
    for (const std::string& text : {bad, odd}) {
        const Field wrong[] = {{text.data(), text.size()}};
        CHECK_THROWS_AS(read_key_parts(wrong, 1, Reach::proxy), Error);
    }
}

#include "adapters/shardingsphere/gate/table_judgement.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "adapters/shardingsphere/gate/type_rules.hpp"

using namespace transload;
using namespace transload::shardingsphere;

namespace {

Column column(std::string name, std::string type, std::string charset = "", bool nullable = true) {
    Column made;
    made.name = std::move(name);
    made.data_type = type.substr(0, type.find_first_of("( "));
    made.is_unsigned = type.find("unsigned") != std::string::npos;
    made.column_type = std::move(type);
    made.charset = std::move(charset);
    made.nullable = nullable;
    return made;
}

/// A table with an integer key, and what the test adds.
struct Case {
    explicit Case(std::vector<Column> more = {}) {
        plan.source = {"shop", "orders"};
        plan.columns.push_back(column("id", "int(11)", "", false));
        plan.columns.insert(plan.columns.end(), more.begin(), more.end());
        plan.key = RowKey{"PRIMARY", {{0, false}}};
        facts.indexes.push_back({.name = "PRIMARY", .unique = true, .columns = {"id"}});
        at_rest.live = false;
    }
    TablePlan plan;
    TableFacts facts;
    Circumstances live;
    Circumstances at_rest;

    [[nodiscard]] std::vector<std::string> ids(const Circumstances& circumstances) const {
        std::vector<std::string> all;
        TablePlan planned = plan;
        if (planned.target.table.empty()) planned.target = planned.source;
        for (const Reason& reason : judge_table(planned, facts, circumstances)) {
            CHECK(reason.object == plan.source.display());
            all.emplace_back(std::string(reason.id.kind().id).substr(15));
        }
        return all;
    }
};

using Ids = std::vector<std::string>;
const Ids none;

}  // namespace

TEST_CASE("a table of everyday types is carried, live and at rest") {
    Case table({column("a", "bigint(20) unsigned"), column("b", "varchar(20)", "utf8mb4"),
                column("c", "text", "latin1"), column("d", "datetime(6)"), column("e", "timestamp(3)"),
                column("f", "enum('a','b')", "latin1"),
                column("g", "set('a','b','c','d','e','f','g')", "utf8mb4"), column("h", "decimal(65,30)"),
                column("i", "double"), column("j", "bit(64)"), column("k", "year(4)"),
                column("l", "longblob"), column("m", "binary(16)"), column("n", "char(3)", "ascii"),
                column("o", "varchar(9)", "utf8")});
    CHECK(table.ids(table.live) == none);
    CHECK(table.ids(table.at_rest) == none);
}

TEST_CASE("types that lose events are refused live and carried at rest") {
    for (const char* type : {"point", "geometry", "multipolygon", "geomcollection", "time",
                             "set('1','2','3','4','5','6','7','8')"}) {
        CAPTURE(type);
        const Case table({column("v", type)});
        CHECK(table.ids(table.live) == Ids{"column_type"});
        CHECK(table.ids(table.at_rest) == none);
    }
}

TEST_CASE("types that the inventory changes are refused always") {
    for (const char* type : {"json", "float", "float(10,3)", "time(3)", "vector(3)", "uuid"}) {
        CAPTURE(type);
        const Case table({column("v", type)});
        CHECK(table.ids(table.live) == Ids{"column_type"});
        CHECK(table.ids(table.at_rest) == Ids{"column_type"});
    }
}

TEST_CASE("text that is not UTF-8 is refused live when it is a CHAR or VARCHAR") {
    for (const char* charset : {"latin1", "gbk", "ucs2", "utf16", "cp1252", "sjis"}) {
        CAPTURE(charset);
        const Case text({column("v", "varchar(20)", charset)});
        CHECK(text.ids(text.live) == Ids{"column_charset"});
        CHECK(text.ids(text.at_rest) == none);
    }
}

TEST_CASE("tables that go by other names, without columns or with some rows only are left to the native engine") {
    Case renamed;
    renamed.plan.target = {"shop", "orders_v2"};
    CHECK(renamed.ids(renamed.at_rest) == Ids{"mapping"});
    Case moved;
    moved.plan.target = {"elsewhere", "orders"};
    CHECK(moved.ids(moved.at_rest) == none);
    Case column_renamed({column("v", "int")});
    column_renamed.plan.columns[1].target_name = "w";
    CHECK(column_renamed.ids(column_renamed.at_rest) == Ids{"mapping"});
    Case left_out({column("v", "int")});
    left_out.plan.columns[1].left_out = true;
    CHECK(left_out.ids(left_out.live) == Ids{"mapping"});
    Case filtered;
    filtered.plan.row_filter = "id > 5";
    CHECK(filtered.ids(filtered.live) == Ids{"mapping"});
}

TEST_CASE("names that MIGRATE TABLE can't say are refused") {
    for (const char* name :
         {"user", "STATUS", "Type", "read", "two words", "a-b", "käse", "a.b", "42", "a`b"}) {
        CAPTURE(name);
        Case table;
        table.plan.source.table = name;
        CHECK(table.ids(table.at_rest) == Ids{"table_name"});
    }
    for (const char* name : {"users", "Order_2024", "4ever"}) {
        CAPTURE(name);
        Case table;
        table.plan.source.table = name;
        CHECK(table.ids(table.at_rest) == none);
    }
}

TEST_CASE("what the catalogue says against a name or definition is a reason") {
    Case table;
    table.facts.unquoted_name_works = false;
    table.facts.same_but_case = "ORDERS";
    table.facts.same_as_pattern = "orderss";
    table.facts.unreadable_names = {"x y"};
    table.facts.parser_refusal = "no viable alternative";
    CHECK(table.ids(table.at_rest) ==
          Ids{"reserved_name", "name_twin", "name_pattern", "index_name", "definition"});
}

TEST_CASE("columns with quotes, brackets, backticks or format signs in their names are refused") {
    for (const char* name : {"a`b", "a'b", "a\"b", "[x]", "i%d", "a\\b"}) {
        CAPTURE(name);
        const Case table({column(name, "int(11)")});
        CHECK(table.ids(table.at_rest) == Ids{"column_name"});
    }
    for (const char* name : {"select", "a b", "a.b", "a-b", "äöü", "?", "$1"}) {
        CAPTURE(name);
        const Case table({column(name, "int(11)")});
        CHECK(table.ids(table.live) == none);
    }
}

TEST_CASE("a table without a key is refused") {
    Case table;
    table.plan.key.reset();
    table.facts.indexes.clear();
    CHECK(table.ids(table.at_rest) == Ids{"no_key"});
}

TEST_CASE("a unique index with a column that may be NULL loses changes") {
    Case table({column("code", "varchar(9)", "utf8mb4")});
    table.facts.indexes.push_back({.name = "code", .unique = true, .columns = {"code"}});
    CHECK(table.ids(table.live) == Ids{"nullable_unique"});
    CHECK(table.ids(table.at_rest) == none);
    table.facts.indexes.back().unique = false;
    CHECK(table.ids(table.live) == none);
}

TEST_CASE("a BINARY column in a unique index loses changes") {
    Case table({column("uid", "binary(16)", "", false)});
    table.facts.indexes.push_back({.name = "uid", .unique = true, .columns = {"uid"}});
    CHECK(table.ids(table.live) == Ids{"key_type"});
    CHECK(table.ids(table.at_rest) == none);
}

TEST_CASE("an index over an expression hides a column from the proxy") {
    Case table;
    table.facts.indexes.push_back({.name = "f", .expression = true});
    CHECK(table.ids(table.live) == Ids{"functional_index"});
    CHECK(table.ids(table.at_rest) == none);
}

TEST_CASE("an unsigned key above 2^63-1 is refused, and any such column live") {
    Case key;
    key.facts.data.above_int64 = {"id"};
    CHECK(key.ids(key.at_rest) == Ids{"unsigned_key"});
    Case other({column("n", "bigint(20) unsigned")});
    other.facts.data.above_int64 = {"n"};
    CHECK(other.ids(other.live) == Ids{"unsigned_values"});
    CHECK(other.ids(other.at_rest) == none);
}

TEST_CASE("generated and invisible columns are refused") {
    Case table({column("g", "int(11)"), column("i", "int(11)")});
    table.plan.columns[1].generated = true;
    table.plan.columns[2].invisible = true;
    CHECK(table.ids(table.at_rest) == Ids{"generated_column", "invisible_column"});
}

TEST_CASE("what changes rows without an event is refused live") {
    Case table({column("changed", "datetime")});
    table.facts.on_update = {"changed"};
    table.facts.foreign_keys.push_back({"fk", {"shop", "customers"}, true});
    CHECK(table.ids(table.live) == Ids{"on_update", "cascade"});
    CHECK(table.ids(table.at_rest) == none);
    table.facts.foreign_keys[0].changes_rows = false;
    table.facts.on_update.clear();
    CHECK(table.ids(table.live) == none);
}

TEST_CASE("zero dates are refused where they are, and live where they may come") {
    Case table({column("d", "date"), column("t", "timestamp(2)")});
    table.live.source_allows_zero_dates = true;
    table.at_rest.source_allows_zero_dates = true;
    CHECK(table.ids(table.live) == Ids{"zero_dates", "zero_dates"});
    CHECK(table.ids(table.at_rest) == none);
    table.facts.data.zero_dates = {"d"};
    CHECK(table.ids(table.at_rest) == Ids{"zero_dates"});
    table.facts.data.zero_dates.clear();
    table.facts.zero_defaults = {"t"};
    CHECK(table.ids(table.at_rest) == Ids{"zero_dates"});
}

TEST_CASE(
    "rows that were not all looked at count as those that can't be carried only where the mode lets them "
    "be") {
    Case table({column("d", "date"), column("t", "time")});
    table.facts.data.unread = true;
    CHECK(table.ids(table.at_rest) == Ids{"data_unread", "column_type"});
    table.at_rest.source_allows_zero_dates = true;
    CHECK(table.ids(table.at_rest) == Ids{"data_unread", "zero_dates", "column_type"});
}

TEST_CASE("values that the rows hold are reasons") {
    Case table({column("c", "date"), column("b", "longtext", "utf8mb4"), column("e", "enum('a')", "utf8mb4"),
                column("t", "time")});
    table.facts.data.calendar_gap = {"c"};
    table.facts.data.big_values = {"b"};
    table.facts.data.enum_zero = {"e"};
    table.facts.data.not_a_time_of_day = {"t"};
    table.facts.data.auto_increment_zero = true;
    CHECK(table.ids(table.at_rest) == Ids{"auto_increment_zero", "calendar", "column_type", "column_type"});
    CHECK(table.ids(table.live) ==
          Ids{"auto_increment_zero", "calendar", "big_values", "column_type", "column_type"});
}

TEST_CASE("a neighbour does harm by its types") {
    CHECK(neighbour_harm(column("v", "point"), false) == NeighbourHarm::always);
    CHECK(neighbour_harm(column("v", "set('1','2','3','4','5','6','7','8','9')"), false) ==
          NeighbourHarm::always);
    CHECK(neighbour_harm(column("v", "set('1','2')"), false) == NeighbourHarm::none);
    CHECK(neighbour_harm(column("v", "json"), false) == NeighbourHarm::by_value);
    CHECK(neighbour_harm(column("v", "time(3)"), false) == NeighbourHarm::by_value);
    CHECK(neighbour_harm(column("v", "datetime"), false) == NeighbourHarm::none);
    CHECK(neighbour_harm(column("v", "datetime"), true) == NeighbourHarm::by_value);
    CHECK(neighbour_harm(column("v", "varchar(9)", "latin1"), true) == NeighbourHarm::none);
}

TEST_CASE("a key whose ends lie too far apart for the proxy's arithmetic is not carried, live or at rest") {
    Case table;
    table.plan.columns[0] = column("id", "bigint(20)", "", false);
    CHECK(table.ids(table.live) == none);
    table.facts.data.wide_keys = {"id"};
    CHECK(table.ids(table.live) == Ids{"key_span"});
    CHECK(table.ids(table.at_rest) == Ids{"key_span"});
}

#include <catch2/catch.hpp>

#include "adapters/mysql/column_kind.hpp"
#include "adapters/mysql/key_range.hpp"
#include "adapters/mysql/row_codec.hpp"
#include "adapters/mysql/auto_increment.hpp"

using namespace transload;
using namespace transload::mysql;

namespace {

Column column(std::string name, std::string type, std::string column_type = {}) {
    Column result;
    result.name = std::move(name);
    result.data_type = std::move(type);
    result.column_type = column_type.empty() ? result.data_type : std::move(column_type);
    if (result.data_type == "varchar") result.charset = "utf8mb4";
    return result;
}

TablePlan plan_of(std::vector<Column> columns, std::vector<KeyPart> parts) {
    TablePlan plan;
    plan.source = plan.target = {"d", "t"};
    plan.columns = std::move(columns);
    if (!parts.empty()) plan.key = RowKey{"PRIMARY", std::move(parts)};
    return plan;
}

Field field(std::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

TEST_CASE("a row in LOAD DATA format has its tabs, newlines and backslashes escaped and nothing else") {
    using namespace std::string_view_literals;
    const std::vector<Field> row{field("a\tb\nc\\d\0e'"sv), Field{}, field(""sv), field("\\N"sv)};
    std::string buffer = "x";
    append_load_row(row, buffer);
    CHECK(buffer == "xa\\tb\\nc\\\\d\0e'\t\\N\t\t\\\\N\n"sv);
}

TEST_CASE("escaping long values finds every special byte wherever it lies") {
    for (std::size_t at = 0; at < 70; ++at) {
        std::string text(70, 'x');
        text[at] = '\n';
        std::string out(140, ' ');
        out.resize(escape_load_bytes(text, out.data()));
        CHECK(out == std::string(at, 'x') + "\\n" + std::string(69 - at, 'x'));
    }
}

TEST_CASE("generated columns are neither read nor written") {
    Column generated = column("g", "int");
    generated.generated = true;
    const TablePlan plan = plan_of({column("a", "int"), generated, column("b", "varchar")}, {{0, false}});
    CHECK(select_list(plan) == "`a`, `b`");
    CHECK(load_statement(plan).find("(`a`, `b`)") != std::string::npos);
    CHECK(insert_prefix(plan) == "INSERT INTO `d`.`t` (`a`, `b`) VALUES ");
}

TEST_CASE("members of an ENUM are read out of its type whatever is in their names") {
    CHECK(member_names(column("e", "enum", "enum('a','it''s','a,b','','\\')")) ==
          std::vector<std::string>{"a", "it's", "a,b", "", "\\"});
}

TEST_CASE("a type that nobody knows is an error and not a guess") {
    CHECK_THROWS_AS(column_kind(column("x", "xmltype")), Error);
}

TEST_CASE("a range of a composite key is said part by part") {
    const TablePlan plan = plan_of({column("a", "int"), column("b", "varchar")}, {{0, false}, {1, true}});
    CHECK(range_predicate(plan, {}) == "TRUE");
    CHECK(range_predicate(plan, {KeyValue{"1", "x"}, std::nullopt}) ==
          "`a` >= 1 AND (`a` > 1 OR (`a` = 1 AND `b` < _utf8mb4 x'78'))");
    CHECK(range_predicate(plan, {std::nullopt, KeyValue{"2", "y"}}) ==
          "`a` <= 2 AND (`a` < 2 OR (`a` = 2 AND `b` >= _utf8mb4 x'79'))");
    CHECK(key_order(plan) == "`a`, `b` DESC");
    CHECK(key_order_reversed(plan) == "`a` DESC, `b`");
}

TEST_CASE("keys survive their text form for any bytes") {
    using namespace std::string_literals;
    for (const KeyValue& key :
         {KeyValue{"1"}, KeyValue{""}, KeyValue{"", ""}, KeyValue{"a,b", "\\x2c", "\0\xff'"s, "日本"}})
        CHECK(decode_key(encode_key(key)) == key);
    CHECK(encode_key({"-5", "a,b"}) == "-5,a\\x2cb");
}

TEST_CASE("key parts that the row has already are not read twice") {
    const TablePlan plan =
        plan_of({column("a", "int"), column("b", "bit"), column("c", "int")}, {{2, false}, {1, false}});
    const KeyReading reading = key_reading(plan);
    CHECK(reading.fields == std::vector<std::size_t>{2, 3});
    CHECK(reading.extra == ", CAST(`b` AS UNSIGNED)");
}

TEST_CASE("the AUTO_INCREMENT counter is taken from the table options only") {
    using mysql::auto_increment_of;
    CHECK(auto_increment_of(
              "CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB AUTO_INCREMENT=42 DEFAULT CHARSET=utf8mb4") ==
          "42");
    CHECK(auto_increment_of("CREATE TABLE `t` (\n  `a` int COMMENT ' AUTO_INCREMENT=1'\n) ENGINE=InnoDB "
                            "COMMENT=' AUTO_INCREMENT=7 '") == std::nullopt);
    CHECK(auto_increment_of("CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB") == std::nullopt);
}

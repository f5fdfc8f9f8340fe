#include "adapters/mysql/row_key_choice.hpp"

#include <catch2/catch.hpp>

using namespace transload;
using namespace transload::mysql;

namespace {

Column column(std::string name, std::string type, bool nullable = false) {
    Column made;
    made.name = std::move(name);
    made.data_type = type.substr(0, type.find('('));
    made.column_type = std::move(type);
    made.nullable = nullable;
    return made;
}

UniqueIndex index(std::string name, std::vector<UniqueIndex::Part> parts) {
    UniqueIndex made;
    made.name = std::move(name);
    made.parts = std::move(parts);
    return made;
}

const std::vector<Column> columns{
    column("id", "bigint"),    column("code", "char(3)"), column("note", "varchar(9)", true),
    column("price", "double"), column("doc", "json"),     column("small", "tinyint")};

std::string chosen(const std::vector<UniqueIndex>& indexes) {
    const auto key = choose_row_key(columns, indexes);
    return key ? key->index_name : "none";
}

}  // namespace

TEST_CASE("the primary key is taken even when another unique index is smaller") {
    CHECK(chosen({index("a", {{"small"}}), index("PRIMARY", {{"id"}, {"code"}})}) == "PRIMARY");
}

TEST_CASE("without a primary key the narrowest unique index over NOT NULL columns is taken") {
    CHECK(chosen({index("a", {{"id"}}), index("b", {{"small"}}), index("c", {{"note"}})}) == "b");
}

TEST_CASE("an index with a nullable part is no key") {
    CHECK(chosen({index("a", {{"id"}, {"note"}})}) == "none");
}

TEST_CASE("an index over a prefix or an expression is no key, not even the primary one") {
    CHECK(chosen({index("PRIMARY", {{"code", false, true}})}) == "none");
    CHECK(chosen({index("a", {{""}})}) == "none");
    CHECK(chosen({index("PRIMARY", {{"code", false, true}}), index("b", {{"id"}})}) == "b");
}

TEST_CASE("a floating-point key is taken only when there is no other") {
    CHECK(chosen({index("PRIMARY", {{"price"}}), index("b", {{"id"}})}) == "b");
    CHECK(chosen({index("PRIMARY", {{"price"}})}) == "PRIMARY");
}

TEST_CASE("a column whose values have no order is no key") {
    CHECK(chosen({index("a", {{"doc"}})}) == "none");
}

TEST_CASE("an index that the optimizer ignores is a key, but a visible one is preferred") {
    UniqueIndex hidden = index("hidden", {{"small"}});
    hidden.visible = false;
    CHECK(chosen({hidden}) == "hidden");
    CHECK(chosen({hidden, index("seen", {{"id"}})}) == "seen");
}

TEST_CASE("parts keep their order and direction") {
    const auto key = choose_row_key(columns, {index("a", {{"code", true}, {"id"}})});
    REQUIRE(key);
    REQUIRE(key->parts.size() == 2);
    CHECK(key->parts[0].column == 1);
    CHECK(key->parts[0].descending);
    CHECK(key->parts[1].column == 0);
    CHECK_FALSE(key->parts[1].descending);
}

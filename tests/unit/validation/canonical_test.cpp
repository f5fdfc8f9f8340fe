#include "adapters/mysql/validation/canonical.hpp"

#include <catch2/catch.hpp>

using namespace transload;
using namespace transload::mysql;
using namespace transload::mysql::validation;

namespace {

Column column(std::string name, std::string data_type, std::string column_type = "", std::string charset = "", bool nullable = false) {
    Column one;
    one.name = std::move(name);
    one.column_type = column_type.empty() ? data_type : std::move(column_type);
    one.data_type = std::move(data_type);
    one.charset = std::move(charset);
    one.nullable = nullable;
    return one;
}

ServerVersion version(bool mariadb, int major, int minor, int patch) {
    ServerVersion one;
    one.mariadb = mariadb;
    one.major = major;
    one.minor = minor;
    one.patch = patch;
    return one;
}

ComparedTable compare(std::vector<Column> source, const std::vector<Column>& target) {
    TablePlan plan;
    plan.columns = std::move(source);
    return compare_columns(plan, target, version(false, 8, 0, 15), version(false, 9, 7, 4));
}

std::string digest(const Column& source, const Column& target) {
    const ComparedTable table = compare({source}, {target});
    CHECK(table.columns.at(0).digest.source == table.columns.at(0).digest.target);
    return table.columns.at(0).digest.source;
}

std::string digest(const Column& both) { return digest(both, both); }

}  // namespace

TEST_CASE("numbers and times enter the digest as text, FLOAT and DOUBLE by their bytes") {
    CHECK(digest(column("a", "int")) == "`a`, ','");
    CHECK(digest(column("a", "int", "int(5) unsigned zerofill")) == "(`a` + 0), ','");
    CHECK(digest(column("a", "datetime", "datetime(6)", "", true)) == "IFNULL(`a`, 'N'), ','");
    CHECK(digest(column("a", "float")) == "CONCAT(POINT(`a`, 0)), ','");
    CHECK(digest(column("a", "double"), column("a", "float")) == "CONCAT(POINT(`a`, 0)), ','");
}

TEST_CASE("short text carries its length, long text its own digest") {
    CHECK(digest(column("a", "varchar", "varchar(9)", "latin1")) == "LENGTH(`a`), ':', CAST(`a` AS BINARY), ','");
    CHECK(digest(column("a", "varchar", "varchar(9)", "latin1", true)) ==
          "IFNULL(CONCAT(LENGTH(`a`), ':', CAST(`a` AS BINARY)), 'N'), ','");
    CHECK(digest(column("a", "longtext", "", "latin1", true)) == "IFNULL(SHA2(`a`, 256), 'N'), ','");
    CHECK(digest(column("a", "point")) == "SHA2(`a`, 256), ','");
}

TEST_CASE("a column that is nullable on one side only is read as nullable on both") {
    CHECK(digest(column("a", "int"), column("a", "int", "", "", true)) == "IFNULL(`a`, 'N'), ','");
}

TEST_CASE("bytes are compared where the character set is one, meaning where it is not") {
    const Column utf8 = column("a", "varchar", "varchar(9)", "utf8");
    const Column utf8mb4 = column("a", "varchar", "varchar(9)", "utf8mb4");
    const Column latin1 = column("a", "varchar", "varchar(9)", "latin1");
    CHECK(digest(utf8, utf8mb4).find("CONVERT") == std::string::npos);
    CHECK(digest(latin1, utf8mb4).find("CONVERT(`a` USING utf8mb4)") != std::string::npos);
}

TEST_CASE("ENUM goes by number when the definitions are equal and by number zero and name when they are not") {
    CHECK(digest(column("e", "enum", "enum('a','b')")) == "CAST(`e` AS UNSIGNED), ','");
    CHECK(digest(column("e", "enum", "enum('a','b')"), column("e", "enum", "enum('b','a')")).find("CONVERT(`e` USING utf8mb4)") !=
          std::string::npos);
}

TEST_CASE("JSON is looked at twice, as text and for its types") {
    const ComparedTable table = compare({column("j", "json")}, {column("j", "json")});
    REQUIRE(table.columns.size() == 2);
    CHECK(table.columns[1].name == "j");
    CHECK(table.columns[1].digest.source.find("JSON_STORAGE_SIZE") != std::string::npos);
    CHECK_FALSE(table.needs_parser);
}

TEST_CASE("JSON against text needs a parser") {
    const ComparedTable table = compare({column("j", "json")}, {column("j", "longtext", "", "utf8mb4")});
    CHECK(table.needs_parser);
    CHECK(table.columns.at(0).parse_as_json);
}

TEST_CASE("columns are matched by name whatever their order and case") {
    const ComparedTable table =
        compare({column("a", "int"), column("B", "int"), column("gone", "int")}, {column("new", "int"), column("b", "int"), column("a", "int")});
    REQUIRE(table.columns.size() == 2);
    CHECK(table.columns[1].digest.target == "`b`, ','");
    CHECK(table.missing == std::vector<std::string>{"gone"});
    CHECK(table.surplus == std::vector<std::string>{"new"});
}

TEST_CASE("a type that nobody taught us is refused") {
    CHECK_THROWS_AS(compare({column("x", "hologram")}, {column("x", "hologram")}), Error);
}

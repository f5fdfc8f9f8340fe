#include "adapters/liquibase/changelog.hpp"

#include <catch2/catch.hpp>

#include "tests/support/temp_dir.hpp"

using namespace transload;
using namespace transload::liquibase;

namespace {
Changelog with(const std::string& statement) {
    ChangeSet change;
    change.id = change_set_id("procedure", "p");
    change.part = SchemaPart::post_data;
    change.stage = "stage-1";
    change.statements = {"SET @a=1", statement};
    return {"transload/x.xml", {change}};
}
std::string round_trip(const std::string& statement) {
    const test::TempDir folder;
    const auto file = folder / "x.xml";
    write_file(file, to_xml(with(statement)));
    return read_changelog(file).change_sets.at(0).statements.at(1);
}
}  // namespace

TEST_CASE("Every text comes back from the file as it went in") {
    const std::string statement =
        GENERATE(as<std::string>{}, "BEGIN\r\n SELECT 'a\rb';\r\nEND", "SELECT '${user.home} ${:x} $' -- ${",
                 "SELECT {d '2020-01-01'}, '{fn now()}', '{\"a\": 1}'", "  blanks outside \n", "ends;",
                 "]]> & < > \" ' \x01\x02\x1f\x7f \xC2\x85 \xE2\x80\xA8 \t end",
                 "private \xEE\x80\x80 and \r \xEE\x80\x81", "\xF0\x9F\x98\x80");
    CHECK(round_trip(statement) == statement);
}

TEST_CASE("What Liquibase would change on the way stands in the file as something else") {
    const std::string xml = to_xml(with("a\r\n${user.home} {fn now()} ;"));
    const std::string sql = xml.substr(0, xml.find("<modifySql>"));
    CHECK(sql.find("&#13;") == std::string::npos);
    CHECK(sql.find("${") == std::string::npos);
    CHECK(sql.find("{fn") == std::string::npos);
    CHECK(xml.find("with=\"&#13;\"") != std::string::npos);
}

TEST_CASE("A NUL byte and broken UTF-8 are known to be impossible") {
    CHECK(impossible_in_xml(std::string("a\0b", 3)));
    CHECK(impossible_in_xml("\xFF"));
    CHECK(impossible_in_xml("\xC3"));
    CHECK_FALSE(impossible_in_xml("é 日本 \xF0\x9F\x98\x80 \x01"));
}

TEST_CASE("Ids and file names are ASCII, bounded and different for different names") {
    std::string longest;
    for (int i = 0; i < 64; ++i) longest += "日";
    const std::string id = change_set_id("table", longest);
    CHECK(id.size() <= 200);
    CHECK(id != change_set_id("table", longest.substr(3) + "本"));
    CHECK(change_set_id("table", "a b/é") == "table:a%20b%2F%C3%A9");
    CHECK(changelog_file_name("../../etc/passwd") == "%2E.%2F..%2Fetc%2Fpasswd.xml");
    CHECK(changelog_file_name("shop") == "shop.xml");
    CHECK(changelog_file_name(longest).size() <= 160);
}

TEST_CASE("An equal file is left alone") {
    const test::TempDir folder;
    const auto file = folder / "x.xml";
    write_file(file, "same");
    const auto before = std::filesystem::last_write_time(file);
    write_file(file, "same");
    CHECK(std::filesystem::last_write_time(file) == before);
}

TEST_CASE("A changelog that is none is named with a way out") {
    const test::TempDir folder;
    const auto file = folder.write("x.xml", "<databaseChangeLog");
    CHECK_THROWS_AS(read_changelog(file), Error);
}

#include "adapters/mysql/validation/row_digest.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace transload;
using namespace transload::mysql;
using namespace transload::mysql::validation;

namespace {

RowDigest digest(std::vector<const char*> values, bool json = false) {
    ComparedTable table;
    std::vector<Field> fields;
    for (const char* value : values) {
        ComparedColumn column;
        column.parse_as_json = json;
        table.columns.push_back(column);
        Field field;
        if (value) field = {value, std::string_view(value).size()};
        fields.push_back(field);
    }
    return digest_of_values(table, fields);
}

}  // namespace

TEST_CASE("a digest is read from the 32 hex digits that a server sends, and from nothing else") {
    const RowDigest read = digest_from_hex("00ff10aB000000000000000000000001");
    CHECK(to_hex(read) == "00ff10ab000000000000000000000001");
    CHECK_THROWS_AS(digest_from_hex(""), Error);
    CHECK_THROWS_AS(digest_from_hex("00ff"), Error);
    CHECK_THROWS_AS(digest_from_hex("00ff10ag000000000000000000000001"), Error);
}

TEST_CASE("rows that read alike at a glance have different digests") {
    const std::set<RowDigest> all{digest({"a", "bc"}),  digest({"ab", "c"}), digest({"abc", ""}),      digest({"", "abc"}),
                                  digest({nullptr, ""}), digest({"", nullptr}), digest({"NULL", ""}),   digest({nullptr, nullptr}),
                                  digest({"a ", "bc"}),  digest({"A", "bc"}),   digest({"abc", nullptr}), digest({"abc"})};
    CHECK(all.size() == 12);
    CHECK(digest({"a", nullptr}) == digest({"a", nullptr}));
}

TEST_CASE("JSON that is parsed counts by what it means, number types kept") {
    CHECK(digest({R"({"b":1,  "a":[1.50]})"}, true) == digest({R"({"a": [1.5], "b": 1})"}, true));
    CHECK(digest({"1"}, true) != digest({"1.0"}, true));
    CHECK(digest({R"("1")"}, true) != digest({"1"}, true));
    CHECK(digest({"[1,2]"}, true) != digest({"[2,1]"}, true));
    CHECK(normal_json("no json") == "no json");
}

#include <catch2/catch.hpp>

#include <deque>
#include <limits>

#include "adapters/mysql/binlog/byte_reader.hpp"
#include "adapters/mysql/binlog/json_diff.hpp"
#include "adapters/mysql/binlog/number_text.hpp"
#include "adapters/mysql/binlog/time_text.hpp"

using namespace transload::mysql::binlog;
using namespace std::string_literals;

namespace {

std::string printed(double value) {
    char room[number_room];
    return std::string(double_text(value, room));
}

std::string json(const std::string& binary) {
    std::string out;
    append_json_text(read_json(binary), out);
    return out;
}

std::string time_of(const std::string& bytes, unsigned decimals) {
    ByteReader reader(bytes);
    char room[time_room];
    return std::string(time_text(reader, decimals, room));
}

/// {"a": 1}
const std::string small_object = "\x00\x01\x00\x0c\x00\x0b\x00\x01\x00\x05\x01\x00"s + "a";

}  // namespace

TEST_CASE("doubles are laid out as servers do") {
    CHECK(printed(0) == "0");
    CHECK(printed(-0.0) == "-0");
    CHECK(printed(1e14) == "100000000000000");
    CHECK(printed(1e15) == "1e15");
    CHECK(printed(1.5e15) == "1.5e15");
    CHECK(printed(-123.25) == "-123.25");
    CHECK(printed(1e-15) == "0.000000000000001");
    CHECK(printed(1e-16) == "1e-16");
    CHECK(printed(1.7976931348623157e308) == "1.7976931348623157e308");
    CHECK(printed(5e-324) == "5e-324");
    CHECK(printed(static_cast<double>(0.1F)) == "0.10000000149011612");
    CHECK_THROWS_AS(printed(std::numeric_limits<double>::infinity()), Malformed);
}

TEST_CASE("negative times and their fractions come out of the middle") {
    CHECK(time_of("\x80\x00\x00"s, 0) == "00:00:00");
    CHECK(time_of("\x7f\xff\xff"s, 0) == "-00:00:01");
    CHECK(time_of("\x7f\xff\xff\xf6"s, 1) == "-00:00:00.1");
    CHECK(time_of("\xb4\x6e\xfb"s, 0) == "838:59:59");
    CHECK_THROWS_AS(time_of("\x80\x00"s, 0), Malformed);
    CHECK_THROWS_AS(time_of("\x80\x00\x00"s, 9), Malformed);
}

TEST_CASE("binary documents become text") {
    CHECK(json("") == "null");
    CHECK(json("\x04\x01"s) == "true");
    CHECK(json("\x05\xff\xff"s) == "-1");
    CHECK(json("\x0c\x04\x00\"\\\n"s) == "\"\\u0000\\\"\\\\\\n\"");
    CHECK(json(small_object) == "{\"a\": 1}");
    CHECK(json("\x0b\x00\x00\x00\x00\x00\x00\xf0\x3f"s) == "1.0");
}

TEST_CASE("documents that lie are refused before they take memory") {
    CHECK_THROWS_AS(json("\x0d"s), Malformed);
    CHECK_THROWS_AS(json("\x0c\xff\xff\xff\xff\xff"s), Malformed);
    CHECK_THROWS_AS(json("\x02\xff\xff\x04\x00"s), Malformed);
    // An array that holds itself twice, at every level.
    CHECK_THROWS_AS(json("\x02\x02\x00\x0a\x00\x02\x00\x00\x02\x00\x00"s), Malformed);
}

TEST_CASE("changes are made in a document, and told as SQL") {
    // REPLACE $.a by 5, INSERT $.b true, REMOVE $.a
    const std::string diffs = "\x00\x03$.a\x03\x05\x05\x00"s + "\x01\x03$.b\x02\x04\x01"s + "\x02\x03$.a"s;
    const auto changes = read_json_diffs(diffs);
    REQUIRE(changes.size() == 3);
    JsonNode document = read_json(small_object);
    std::deque<std::string> names;
    apply(changes, document, names);
    std::string out;
    append_json_text(document, out);
    CHECK(out == "{\"b\": true}");
    CHECK(patch_expression(changes) ==
          "JSON_REMOVE(JSON_INSERT(JSON_REPLACE(%c, '$.a', CAST('5' AS JSON)), '$.b', CAST('true' AS JSON)), '$.a')");
    CHECK_THROWS_AS(apply(read_json_diffs("\x02\x03$.z"s), document, names), Malformed);
    CHECK_THROWS_AS(apply(read_json_diffs("\x02\x02x."s), document, names), Malformed);
    CHECK_THROWS_AS(read_json_diffs("\x07\x03$.z"s), Malformed);
}

TEST_CASE("whole numbers without a sign keep their kind by an expression") {
    const JsonNode natural = read_json("\x06\x05\x00"s);
    CHECK(json_needs_expression(natural));
    std::string out;
    append_json_expression(natural, out);
    CHECK(out == "CAST(CAST(5 AS UNSIGNED) AS JSON)");
    CHECK(!json_needs_expression(read_json("\x05\x05\x00"s)));
}

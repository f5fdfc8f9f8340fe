#include "tests/support/workload/values.hpp"

#include <fmt/format.h>

#include <array>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace transload::test {
namespace {

std::string hex(const std::string& bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string made;
    made.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        made += digits[static_cast<unsigned char>(c) >> 4];
        made += digits[static_cast<unsigned char>(c) & 15];
    }
    return made;
}

std::string bits(std::uint64_t value, unsigned count) {
    std::string made = "b'";
    for (unsigned i = count; i-- > 0;) made += (value >> i) & 1U ? '1' : '0';
    return made + "'";
}

}  // namespace

std::string text_literal(const std::string& utf8) { return utf8.empty() ? "''" : "_utf8mb4 x'" + hex(utf8) + "'"; }
std::string bytes_literal(const std::string& bytes) { return bytes.empty() ? "''" : "x'" + hex(bytes) + "'"; }

std::string Values::text(std::size_t characters) {
    static constexpr std::array<std::string_view, 18> pieces{
        "plain", "Plain", "PLAIN", " ", "ünïcode", "ÜNÏCODE", "漢字", "😀", "'", "\\", "\t", "\n", "\r\n", "0", "%_", "NULL", "\\N", ","};
    std::string made;
    std::size_t count = 0;
    while (count < characters) {
        const std::string_view piece = pieces[draw(pieces.size())];
        made += piece;
        count += piece.size() > 4 ? 5 : 1;
    }
    if (chance(4)) made += '\0';
    if (chance(8)) made += "  ";
    return made;
}

std::string Values::bytes(std::size_t size) {
    std::string made(size, '\0');
    for (char& c : made) c = static_cast<char>(random_());
    return made;
}

std::string Values::number(ValueKind kind) {
    const auto one_of = [&](std::initializer_list<const char*> list) { return std::string(list.begin()[draw(list.size())]); };
    switch (kind) {
        case ValueKind::tiny: return one_of({"-128", "127", "0", "-1", "5"});
        case ValueKind::tiny_unsigned: return one_of({"255", "0", "128", "127"});
        case ValueKind::flag: return one_of({"0", "1", "9"});
        case ValueKind::small: return one_of({"-32768", "32767", "0", "-2", "300"});
        case ValueKind::medium_unsigned: return one_of({"16777215", "0", "8388608", "70000"});
        case ValueKind::integer: return chance(30) ? one_of({"-2147483648", "2147483647", "0", "-1"}) : std::to_string(draw(100000));
        case ValueKind::integer_unsigned: return one_of({"4294967295", "2147483648", "0", "77"});
        case ValueKind::big: return one_of({"-9223372036854775808", "9223372036854775807", "0", "-1"});
        case ValueKind::big_unsigned:
            return chance(40) ? one_of({"18446744073709551615", "9223372036854775808", "9223372036854775807", "0"})
                              : std::to_string(random_());
        case ValueKind::year: return one_of({"0", "1901", "2155", "2024", "1999"});
        case ValueKind::wide_decimal:
            return chance(40) ? one_of({"-99999999999999999999999999999999999.999999999999999999999999999999",
                                        "99999999999999999999999999999999999.999999999999999999999999999999", "0",
                                        "-0.000000000000000000000000000001"})
                              : fmt::format("{}{}.{:018}{:012}", chance(50) ? "-" : "", random_(), random_() % 1000000000000000000ULL,
                                            random_() % 1000000000000ULL);
        case ValueKind::price: return fmt::format("{}.{:02}", draw(99999999), draw(100));
        case ValueKind::single:
            return chance(50) ? one_of({"3.402823466e38", "-3.402823466e38", "1.175494351e-38", "-0e0", "0e0", "16777217", "0.1"})
                              : fmt::format("{:.6f}e{}", static_cast<double>(random_() % 2000000) / 1e6 - 1, static_cast<int>(draw(60)) - 30);
        default:
            return chance(50) ? one_of({"1.7976931348623157e308", "-1.7976931348623157e308", "2.2250738585072014e-308", "-0e0", "0e0",
                                        "0.1e0", "9007199254740993e0"})
                              : fmt::format("{:.17f}e{}", static_cast<double>(random_() % 2000000000) / 1e9 - 1, static_cast<int>(draw(500)) - 250);
    }
}

std::string Values::moment(ValueKind kind) {
    const auto one_of = [&](std::initializer_list<const char*> list) { return std::string(list.begin()[draw(list.size())]); };
    const std::string day = fmt::format("{}-{:02}-{:02}", 1971 + draw(60), 1 + draw(12), 1 + draw(28));
    const std::string clock = fmt::format("{:02}:{:02}:{:02}", draw(24), draw(60), draw(60));
    switch (kind) {
        case ValueKind::date: return chance(50) ? one_of({"'0000-00-00'", "'2024-00-10'", "'2024-05-00'", "'9999-12-31'", "'1000-01-01'", "'2023-02-31'"}) : "'" + day + "'";
        case ValueKind::time:
            return chance(50) ? one_of({"'-838:59:59'", "'838:59:59'", "'00:00:00'", "'-00:00:00.001'", "'-12:00:00.999'", "'100:01:02.5'"})
                              : fmt::format("'{}.{:03}'", clock, draw(1000));
        case ValueKind::datetime:
            return chance(30) ? one_of({"'0000-00-00 00:00:00'", "'9999-12-31 23:59:59.999999'", "'1000-01-01 00:00:00.000001'", "'2024-00-10 01:02:03.5'"})
                              : fmt::format("'{} {}.{:06}'", day, clock, draw(1000000));
        case ValueKind::datetime0: return chance(30) ? one_of({"'0000-00-00 00:00:00'", "'9999-12-31 23:59:59'"}) : fmt::format("'{} {}'", day, clock);
        case ValueKind::timestamp:
            return chance(20) ? one_of({"'0000-00-00 00:00:00'", "'1970-01-02 00:00:01.000001'", "'2038-01-18 00:00:00.999999'"})
                              : fmt::format("'{} {}.{:06}'", day, clock, draw(1000000));
        default: return chance(20) ? one_of({"'0000-00-00 00:00:00'", "'2038-01-18 00:00:00'"}) : fmt::format("'{} {}'", day, clock);
    }
}

std::string Values::document(bool plain) {
    if (chance(10)) return std::string(std::array{"'null'", "'true'", "'\"top\"'", "'[]'", "'{}'", "'-5'"}[draw(6)]);
    std::string list = fmt::format("'n', {}, 's', {}, 'a', JSON_ARRAY(1, NULL, 'x', {})", static_cast<std::int64_t>(draw(100000)) - 50000,
                                   text_literal(text(1 + draw(20))), draw(1000));
    if (plain) return "JSON_OBJECT(" + list + ")";
    list += fmt::format(", 'f', {}.5e0, 'u', 18446744073709551615", draw(1000));
    if (chance(60))
        list += fmt::format(", 'd', CAST('{}.{:02}' AS DECIMAL(20,{})), 'w', CAST('20{:02}-03-04 05:06:07.{:06}' AS DATETIME(6))",
                            draw(100000), draw(100), 2 + draw(6), 10 + draw(80), draw(1000000));
    if (chance(20)) list += ", 't', CAST('-11:12:13.5' AS TIME(3)), 'y', CAST('2024-02-29' AS DATE)";
    if (chance(3)) list += ", 'long', REPEAT('j', 70000)";
    return "JSON_OBJECT(" + list + ")";
}

std::string Values::shape(bool point) {
    const auto at = [&] { return fmt::format("{} {}", draw(80), draw(80)); };
    const char* srid = chance(50) ? "4326" : "0";
    if (point || chance(40)) return fmt::format("ST_GeomFromText('POINT({})', {})", at(), srid);
    if (chance(50)) return fmt::format("ST_GeomFromText('LINESTRING({}, {}.25, {})', {})", at(), at(), at(), srid);
    return fmt::format("ST_GeomFromText('MULTIPOINT({}, {})', {})", at(), at(), srid);
}

std::string Values::literal(ValueKind kind, bool nullable) {
    if (nullable && chance(12)) return "NULL";
    switch (kind) {
        case ValueKind::bit1: return bits(random_(), 1);
        case ValueKind::bit13: return bits(random_(), 13);
        case ValueKind::bit64: return chance(30) ? bits(~0ULL, 64) : bits(random_(), 64);
        case ValueKind::choice: return std::string(std::array{"0", "'small'", "'größe'", "_utf8mb4 x'697427732c'", "4"}[draw(5)]);  // 0: the index of no member
        case ValueKind::choices: return std::to_string(draw(32));
        case ValueKind::many_choices: return chance(30) ? "18446744073709551615" : std::to_string(random_());
        case ValueKind::date: case ValueKind::time: case ValueKind::datetime: case ValueKind::datetime0:
        case ValueKind::timestamp: case ValueKind::timestamp0: return moment(kind);
        case ValueKind::text: return text_literal(text(draw(40)));
        case ValueKind::fixed_text: return text_literal(text(draw(6)));
        case ValueKind::latin1_text: return "_latin1 " + (chance(20) ? "''" : bytes_literal(bytes(1 + draw(50))));
        case ValueKind::long_text:
            if (chance(3)) return fmt::format("REPEAT({}, {})", text_literal("ä\\\t'"), 20000);
            return text_literal(text(draw(300)));
        case ValueKind::bytes: return bytes_literal(bytes(draw(50)));
        case ValueKind::fixed_bytes: return bytes_literal(bytes(draw(7)));
        case ValueKind::long_bytes:
            if (chance(4)) return bytes_literal(bytes(100000 + draw(1000)));
            return bytes_literal(bytes(draw(400)));
        case ValueKind::json: return document(false);
        case ValueKind::plain_json: return document(true);
        case ValueKind::geometry: return shape(false);
        case ValueKind::point: return shape(true);
        default: return number(kind);
    }
}

}  // namespace transload::test

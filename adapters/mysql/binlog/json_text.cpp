#include <openssl/evp.h>

#include <charconv>
#include <limits>

#include "adapters/mysql/binlog/byte_reader.hpp"
#include "adapters/mysql/binlog/json_document.hpp"
#include "adapters/mysql/binlog/number_text.hpp"
#include "adapters/mysql/binlog/time_text.hpp"
#include "adapters/mysql/json_types.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::mysql::binlog {
namespace {

using Kind = JsonNode::Kind;

// Field types of the server that opaque values have.
constexpr std::uint8_t timestamp_type = 7, date_type = 10, time_type = 11, datetime_type = 12, decimal_type = 246;

void append_quoted(std::string_view text, std::string& out) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += '"';
    std::size_t plain = 0;  // begin of the run that is still to be copied
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text, plain, i - plain);
        plain = i + 1;
        out += '\\';
        switch (c) {
            case '"':
            case '\\': out += static_cast<char>(c); break;
            case '\b': out += 'b'; break;
            case '\f': out += 'f'; break;
            case '\n': out += 'n'; break;
            case '\r': out += 'r'; break;
            case '\t': out += 't'; break;
            default:
                out += "u00";
                out += digits[c >> 4];
                out += digits[c & 15];
        }
    }
    out.append(text, plain, text.size() - plain);
    out += '"';
}

std::string base64(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::int64_t packed_time(std::string_view bytes) {
    ByteReader reader(bytes);
    return static_cast<std::int64_t>(reader.u64());
}

/// The value's text without quotes, as JSON_UNQUOTE gives it.
std::string opaque_text(const JsonNode& node) {
    char number[number_room];
    char time[time_room];
    switch (node.opaque_type) {
        case decimal_type: {
            ByteReader reader(node.bytes);
            const unsigned precision = reader.u8();
            const unsigned scale = reader.u8();
            return std::string(decimal_text(reader, precision, scale, false, number));
        }
        case date_type: return std::string(packed_date_text(packed_time(node.bytes), time));
        case time_type: return std::string(packed_time_text(packed_time(node.bytes), 6, time));
        case timestamp_type:
        case datetime_type: return std::string(packed_datetime_text(packed_time(node.bytes), 6, time));
        default: return "base64:type" + std::to_string(node.opaque_type) + ":" + base64(node.bytes);
    }
}

std::string_view json_type(std::uint8_t type) {
    switch (type) {
        case decimal_type: return "DECIMAL";
        case date_type: return "DATE";
        case time_type: return "TIME";
        case timestamp_type:
        case datetime_type: return "DATETIME";
        default: return "BLOB";
    }
}

/// Servers read numbers in JSON text by one multiplication (MySQL 8.0.15 makes 5.684341886080803e-14 of …802e-14): it
/// is exact when the digits and the power of ten both are.
bool read_exactly(double value) {
    constexpr std::uint64_t most_digits = std::uint64_t{1} << 53;
    constexpr int largest_power = 22;
    char scientific[40];
    const char* const end = std::to_chars(scientific, scientific + sizeof scientific, value, std::chars_format::scientific).ptr;
    std::uint64_t digits = 0;
    int power = 0;
    bool behind_point = false;
    const char* at = scientific;
    for (; at != end && *at != 'e'; ++at) {
        if (*at == '.') behind_point = true;
        if (*at < '0' || *at > '9') continue;
        digits = digits * 10 + static_cast<std::uint64_t>(*at - '0');
        power -= behind_point ? 1 : 0;
    }
    int exponent = 0;
    if (at != end) std::from_chars(at + (at[1] == '+' ? 2 : 1), end, exponent);
    power += exponent;
    return digits <= most_digits && power <= largest_power && power >= -largest_power;
}

/// Text makes a signed integer of every number that fits into one.
bool text_makes(const JsonNode& node) {
    constexpr std::uint64_t largest_signed = std::numeric_limits<std::int64_t>::max();
    if (node.kind == Kind::natural) return node.natural > largest_signed;
    return node.kind != Kind::real || read_exactly(node.real);
}

}  // namespace

void append_json_text(const JsonNode& node, std::string& out) {
    char room[number_room];
    switch (node.kind) {
        case Kind::null: out += "null"; return;
        case Kind::yes: out += "true"; return;
        case Kind::no: out += "false"; return;
        case Kind::integer: out += signed_text(node.integer, room); return;
        case Kind::natural: out += unsigned_text(node.natural, room); return;
        case Kind::real: {
            const std::string_view text = double_text(node.real, room);
            out += text;
            // Without it the text would be an integer's.
            if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
            return;
        }
        case Kind::string: append_quoted(node.bytes, out); return;
        case Kind::opaque:
            if (node.opaque_type == decimal_type)
                out += opaque_text(node);
            else
                append_quoted(opaque_text(node), out);
            return;
        case Kind::array:
            out += '[';
            for (std::size_t i = 0; i < node.items.size(); ++i) {
                if (i != 0) out += ", ";
                append_json_text(node.items[i], out);
            }
            out += ']';
            return;
        case Kind::object:
            out += '{';
            for (std::size_t i = 0; i < node.items.size(); ++i) {
                if (i != 0) out += ", ";
                append_quoted(node.names[i], out);
                out += ": ";
                append_json_text(node.items[i], out);
            }
            out += '}';
            return;
    }
}

bool json_needs_expression(const JsonNode& node) {
    if (node.kind == Kind::opaque || !text_makes(node)) return true;
    for (const JsonNode& item : node.items)
        if (json_needs_expression(item)) return true;
    return false;
}

namespace {

void append_member(const JsonNode& node, std::string& out) {
    if (!json_needs_expression(node)) {
        std::string text;
        append_json_text(node, text);
        out += "CAST(" + quote_text(text) + " AS JSON)";
        return;
    }
    char room[number_room];
    switch (node.kind) {
        case Kind::natural:
            out += "CAST(";
            out += unsigned_text(node.natural, room);
            out += " AS UNSIGNED)";
            return;
        case Kind::real: {
            const std::string_view text = double_text(node.real, room);
            out += text;
            if (text.find('e') == std::string_view::npos) out += "e0";  // else it were a DECIMAL
            return;
        }
        case Kind::opaque: {
            constexpr std::size_t frame = 3;  // type of the document, field type, length
            const std::string value = typed_value(json_type(node.opaque_type), opaque_text(node), node.bytes.size() + frame);
            if (value.empty()) ByteReader::fail("bytes in a JSON document that no SQL makes");
            out += value;
            return;
        }
        case Kind::array:
        case Kind::object: {
            const bool object = node.kind == Kind::object;
            out += object ? "JSON_OBJECT(" : "JSON_ARRAY(";
            for (std::size_t i = 0; i < node.items.size(); ++i) {
                if (i != 0) out += ", ";
                if (object) out += quote_text(node.names[i]) + ", ";
                append_member(node.items[i], out);
            }
            out += ')';
            return;
        }
        default: return;  // text carries all others
    }
}

}  // namespace

void append_json_expression(const JsonNode& node, std::string& out) {
    // A scalar would be a DATE or bytes, and no document yet.
    const bool scalar = node.kind != Kind::object && node.kind != Kind::array && json_needs_expression(node);
    if (scalar) out += "CAST(";
    append_member(node, out);
    if (scalar) out += " AS JSON)";
}

}  // namespace transload::mysql::binlog

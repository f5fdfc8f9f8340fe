#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// MySQL's binary JSON, read, changed and written as text or SQL.
namespace transload::mysql::binlog {

/// A value of a document. Its bytes point into the binary form that it was read from.
struct JsonNode {
    enum class Kind : std::uint8_t { object, array, null, yes, no, integer, natural, real, string, opaque };
    Kind kind = Kind::null;
    std::uint8_t opaque_type = 0;  ///< field type of the server
    union {
        std::int64_t integer = 0;
        std::uint64_t natural;  ///< an unsigned one
        double real;
    };
    std::string_view bytes;               ///< string, opaque
    std::vector<JsonNode> items;          ///< object, array
    std::vector<std::string_view> names;  ///< object, parallel to items, in the server's order
};

/// Of a column's or diff's binary value; no bytes at all are the JSON null that servers make of them. Throws Malformed;
/// never takes more memory than a small multiple of `binary`.
[[nodiscard]] JsonNode read_json(std::string_view binary);

/// Appends the text as the server prints it.
void append_json_text(const JsonNode& node, std::string& out);

/// The server would read another document from that text: it holds DECIMALs, dates, times, bytes, or integers of a kind
/// that their text does not show.
[[nodiscard]] bool json_needs_expression(const JsonNode& node);

/// Appends SQL that makes the document exactly. Throws Malformed for bytes of a kind that no SQL makes.
void append_json_expression(const JsonNode& node, std::string& out);

}  // namespace transload::mysql::binlog

#include "adapters/mysql/binlog/json_document.hpp"

#include <fmt/format.h>

#include "adapters/mysql/binlog/byte_reader.hpp"

namespace transload::mysql::binlog {
namespace {

using Kind = JsonNode::Kind;

enum Type : std::uint8_t {
    small_object = 0,
    large_object = 1,
    small_array = 2,
    large_array = 3,
    literal = 4,
    int16 = 5,
    uint16 = 6,
    int32 = 7,
    uint32 = 8,
    int64 = 9,
    uint64 = 10,
    real = 11,
    string = 12,
    opaque = 15,
};

constexpr unsigned deepest = 150;  // servers allow 100

std::size_t variable_length(ByteReader& reader) {
    std::uint64_t size = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        const std::uint8_t byte = reader.u8();
        size |= std::uint64_t{byte & 0x7fU} << shift;
        if ((byte & 0x80) == 0) return static_cast<std::size_t>(size);
    }
    ByteReader::fail("a JSON length that is none");
}

class Parser {
  public:
    explicit Parser(std::string_view binary) : budget_(binary.size() + 1) {}

    void value(std::uint8_t type, std::string_view data, unsigned depth, JsonNode& node) {
        ByteReader reader(data);
        switch (type) {
            case small_object:
            case large_object:
            case small_array:
            case large_array: return container(type, data, depth, node);
            case literal: return constant(reader.u8(), node);
            case int16: return integer(static_cast<std::int16_t>(reader.u16()), node);
            case int32: return integer(static_cast<std::int32_t>(reader.u32()), node);
            case int64: return integer(static_cast<std::int64_t>(reader.u64()), node);
            case uint16: return natural(reader.u16(), node);
            case uint32: return natural(reader.u32(), node);
            case uint64: return natural(reader.u64(), node);
            case Type::real: {
                const std::uint64_t bits = reader.u64();
                node.kind = Kind::real;
                std::memcpy(&node.real, &bits, sizeof bits);
                return;
            }
            case Type::string:
                node.kind = Kind::string;
                node.bytes = reader.bytes(variable_length(reader));
                return spend(node.bytes.size());
            case Type::opaque:
                node.kind = Kind::opaque;
                node.opaque_type = reader.u8();
                node.bytes = reader.bytes(variable_length(reader));
                return spend(node.bytes.size());
            default: ByteReader::fail("a JSON value of a kind that is not known");
        }
    }

  private:
    /// Values of a real document do not overlap; what does could grow beyond any memory.
    void spend(std::size_t bytes) {
        if (bytes > budget_) ByteReader::fail("a JSON document with overlapping values");
        budget_ -= bytes;
    }

    static void constant(std::uint8_t which, JsonNode& node) {
        if (which > 2) ByteReader::fail("a JSON literal that is none");
        node.kind = which == 0 ? Kind::null : which == 1 ? Kind::yes : Kind::no;
    }
    static void integer(std::int64_t value, JsonNode& node) {
        node.kind = Kind::integer;
        node.integer = value;
    }
    static void natural(std::uint64_t value, JsonNode& node) {
        node.kind = Kind::natural;
        node.natural = value;
    }

    void container(std::uint8_t type, std::string_view data, unsigned depth, JsonNode& node) {
        if (depth > deepest) ByteReader::fail("a JSON document that is too deep");
        const bool large = type == large_object || type == large_array;
        const bool object = type == small_object || type == large_object;
        const std::size_t width = large ? 4 : 2;
        ByteReader head(data);
        const auto count = static_cast<std::size_t>(head.little(width));
        const auto size = static_cast<std::size_t>(head.little(width));
        // What was wrong with it is all that is told: the log of a job is no place for its rows.
        const auto place = [&, given = data.size()] {
            return fmt::format(" (type {}, depth {}, {} members, {} of {} bytes)", type, depth, count, size, given);
        };
        if (size > data.size()) ByteReader::fail("a JSON container beyond the end" + place());
        const std::size_t entry = (object ? width + 2 : 0) + 1 + width;
        if (count > size / entry) ByteReader::fail("a JSON container with too many members" + place());
        spend(count * entry);
        data = data.substr(0, size);
        const auto from = [&](std::uint64_t offset) {
            if (offset > data.size()) ByteReader::fail(fmt::format("a JSON value beyond the end, at {}", offset) + place());
            return data.substr(static_cast<std::size_t>(offset));
        };
        node.kind = object ? Kind::object : Kind::array;
        node.items.resize(count);
        if (object) {
            node.names.reserve(count);
            for (std::size_t i = 0; i < count; ++i) {
                const std::uint64_t offset = head.little(width);
                const std::uint16_t length = head.u16();
                ByteReader name(from(offset));
                node.names.push_back(name.bytes(length));
                spend(length);
            }
        }
        for (JsonNode& item : node.items) {
            const std::uint8_t item_type = head.u8();
            const std::string_view slot = head.bytes(width);
            const bool in_place = item_type == literal || item_type == int16 || item_type == uint16 ||
                                  (large && (item_type == int32 || item_type == uint32));
            ByteReader offset(slot);
            value(item_type, in_place ? slot : from(offset.little(width)), depth + 1, item);
        }
    }

    std::size_t budget_;
};

}  // namespace

JsonNode read_json(std::string_view binary) {
    JsonNode node;
    if (binary.empty()) return node;
    Parser(binary).value(static_cast<std::uint8_t>(binary[0]), binary.substr(1), 1, node);
    return node;
}

}  // namespace transload::mysql::binlog

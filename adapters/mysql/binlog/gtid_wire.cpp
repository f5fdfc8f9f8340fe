#include "adapters/mysql/binlog/gtid_wire.hpp"

#include <bit>

namespace transload::mysql::binlog {
namespace {

constexpr std::size_t uuid_size = 16;
constexpr std::size_t uuid_text_size = 36;

void append_u64(std::string& out, std::uint64_t value) {
    for (int i = 0; i < 8; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    ByteReader::fail("no hexadecimal digit");
}

}  // namespace

std::string uuid_text(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(uuid_text_size);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        const auto byte = static_cast<unsigned char>(bytes[i]);
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string uuid_bytes(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == '-') {
            ++i;
            continue;
        }
        if (i + 1 >= text.size()) ByteReader::fail("no UUID");
        bytes += static_cast<char>(hex_digit(text[i]) * 16 + hex_digit(text[i + 1]));
        i += 2;
    }
    if (bytes.size() != uuid_size) ByteReader::fail("no UUID");
    return bytes;
}

std::string encode(const GtidSet& set) {
    bool tagged = false;
    for (const auto& [source, ranges] : set.ranges()) tagged = tagged || source.size() > uuid_text_size;
    std::string out;
    const std::uint64_t count = set.ranges().size();
    append_u64(out, tagged ? std::uint64_t{1} << 56 | count << 8 | 1 : count);
    for (const auto& [source, ranges] : set.ranges()) {
        out += uuid_bytes(std::string_view(source).substr(0, uuid_text_size));
        if (tagged) {
            const std::string_view tag =
                source.size() > uuid_text_size ? std::string_view(source).substr(uuid_text_size + 1) : std::string_view();
            out += static_cast<char>(tag.size() << 1);  // at most 32 characters
            out += tag;
        }
        append_u64(out, ranges.size());
        for (const auto& [first, last] : ranges) {
            append_u64(out, first);
            append_u64(out, last + 1);
        }
    }
    return out;
}

std::uint64_t read_packed(ByteReader& reader) {
    const std::uint8_t first = reader.u8();
    const auto more = static_cast<std::size_t>(std::countr_one(first));
    if (more == 0) return first >> 1;
    const std::uint64_t rest = reader.little(more);
    if (more >= 7) return rest;  // no bit of the first byte is left for the number
    return (first >> (more + 1)) | rest << (7 - more);
}

std::int64_t read_packed_signed(ByteReader& reader) {
    const std::uint64_t packed = read_packed(reader);
    const std::uint64_t mask = (packed & 1) != 0 ? ~std::uint64_t{0} : 0;
    return static_cast<std::int64_t>(packed >> 1 ^ mask);
}

}  // namespace transload::mysql::binlog

#include "adapters/mysql/binlog/number_text.hpp"

#include <charconv>
#include <cstring>

namespace transload::mysql::binlog {
namespace {

constexpr unsigned digits_per_word = 9;
constexpr std::size_t bytes_for[digits_per_word + 1] = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};
constexpr std::uint32_t powers[digits_per_word + 1] = {1,       10,        100,        1000,       10000,
                                                       100000,  1000000,   10000000,   100000000,  1000000000};
constexpr unsigned most_digits = 65, most_scale = 38;

std::size_t part_size(unsigned digits) {
    return digits / digits_per_word * 4 + bytes_for[digits % digits_per_word];
}

/// Exactly `count` digits.
char* put_digits(std::uint32_t value, unsigned count, char* out) {
    for (unsigned i = count; i-- > 0; value /= 10) out[i] = static_cast<char>('0' + value % 10);
    return out + count;
}

/// One group of a binary DECIMAL; `flip` undoes that negative numbers are stored inverted.
char* put_group(ByteReader& reader, unsigned digits, std::uint8_t flip, std::uint8_t sign_bit, char* out) {
    if (digits == 0) return out;
    const std::size_t size = bytes_for[digits];
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
        std::uint8_t byte = reader.u8();
        if (i == 0) byte ^= sign_bit;
        value = value << 8 | static_cast<std::uint8_t>(byte ^ flip);
    }
    if (value >= powers[digits]) ByteReader::fail("a DECIMAL with impossible digits");
    return put_digits(value, digits, out);
}

}  // namespace

std::string_view signed_text(std::int64_t value, char (&room)[number_room]) {
    return {room, static_cast<std::size_t>(std::to_chars(room, room + number_room, value).ptr - room)};
}

std::string_view unsigned_text(std::uint64_t value, char (&room)[number_room]) {
    return {room, static_cast<std::size_t>(std::to_chars(room, room + number_room, value).ptr - room)};
}

std::string_view double_text(double value, char (&room)[number_room]) {
    constexpr int most_plain = 15;
    // "-d.dddde-NNN" of the fewest digits that give the value back.
    char scientific[40];
    const char* const end =
        std::to_chars(scientific, scientific + sizeof scientific, value, std::chars_format::scientific).ptr;
    const char* from = scientific;
    char* out = room;
    if (*from == '-') *out++ = *from++;
    if (*from < '0' || *from > '9') ByteReader::fail("a number that is none");  // inf, nan: servers store neither
    char digits[32];
    int count = 0;
    for (; from != end && *from != 'e'; ++from)
        if (*from != '.') digits[count++] = *from;
    int exponent = 0;
    if (from != end) {
        ++from;
        const bool negative = *from == '-';
        ++from;
        std::from_chars(from, end, exponent);
        if (negative) exponent = -exponent;
    }
    while (count > 1 && digits[count - 1] == '0') --count;
    const int point = exponent + 1;  // digits before the point
    const auto put = [&](const char* data, int size) {
        std::memcpy(out, data, static_cast<std::size_t>(size));
        out += size;
    };
    const auto zeros = [&](int size) {
        std::memset(out, '0', static_cast<std::size_t>(size));
        out += size;
    };
    if (point < -most_plain + 1 || point > most_plain) {
        *out++ = digits[0];
        if (count > 1) {
            *out++ = '.';
            put(digits + 1, count - 1);
        }
        *out++ = 'e';
        out = std::to_chars(out, room + number_room, exponent).ptr;
    } else if (point <= 0) {
        *out++ = '0';
        *out++ = '.';
        zeros(-point);
        put(digits, count);
    } else if (count <= point) {
        put(digits, count);
        zeros(point - count);
    } else {
        put(digits, point);
        *out++ = '.';
        put(digits + point, count - point);
    }
    return {room, static_cast<std::size_t>(out - room)};
}

std::size_t decimal_size(unsigned precision, unsigned scale) {
    if (precision == 0 || precision > most_digits || scale > most_scale || scale > precision)
        ByteReader::fail("a DECIMAL with impossible digits");
    return part_size(precision - scale) + part_size(scale);
}

std::string_view decimal_text(ByteReader& reader, unsigned precision, unsigned scale, bool zerofill,
                              char (&room)[number_room]) {
    ByteReader bytes(reader.bytes(decimal_size(precision, scale)));
    const unsigned whole = precision - scale;
    const bool negative = (static_cast<unsigned char>(bytes.rest()[0]) & 0x80) == 0;
    const std::uint8_t flip = negative ? 0xff : 0;
    std::uint8_t sign_bit = 0x80;  // stored inverted, in the first byte only
    char buffer[number_room];
    char* out = buffer;
    const auto group = [&](unsigned digits) {
        out = put_group(bytes, digits, flip, sign_bit, out);
        if (digits != 0) sign_bit = 0;
    };
    group(whole % digits_per_word);
    for (unsigned i = 0; i < whole / digits_per_word; ++i) group(digits_per_word);
    const char* const point = out;
    for (unsigned i = 0; i < scale / digits_per_word; ++i) group(digits_per_word);
    group(scale % digits_per_word);

    const char* from = buffer;
    if (!zerofill)
        while (from < point && *from == '0') ++from;
    char* text = room;
    if (negative) *text++ = '-';
    if (from == point) *text++ = '0';
    std::memcpy(text, from, static_cast<std::size_t>(point - from));
    text += point - from;
    if (scale != 0) {
        *text++ = '.';
        std::memcpy(text, point, scale);
        text += scale;
    }
    return {room, static_cast<std::size_t>(text - room)};
}

}  // namespace transload::mysql::binlog

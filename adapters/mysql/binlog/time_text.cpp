#include "adapters/mysql/binlog/time_text.hpp"

#include <charconv>

namespace transload::mysql::binlog {
namespace {

constexpr unsigned most_decimals = 6;
constexpr std::uint64_t million = 1'000'000;
constexpr std::uint64_t tens[most_decimals + 1] = {1, 10, 100, 1000, 10'000, 100'000, million};

void check(unsigned decimals) {
    if (decimals > most_decimals) ByteReader::fail("a time with impossible decimals");
}

/// At least `width` digits.
char* put(std::uint64_t value, unsigned width, char* out) {
    char digits[24];
    char* const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    for (auto size = static_cast<unsigned>(end - digits); size < width; ++size) *out++ = '0';
    for (const char* from = digits; from != end; ++from) *out++ = *from;
    return out;
}

char* put2(std::uint64_t value, char* out) {
    if (value > 99) return put(value, 2, out);
    *out++ = static_cast<char>('0' + value / 10);
    *out++ = static_cast<char>('0' + value % 10);
    return out;
}

char* put_date(std::uint64_t year, std::uint64_t month, std::uint64_t day, char* out) {
    out = put2(year / 100, out);
    out = put2(year % 100, out);
    *out++ = '-';
    out = put2(month, out);
    *out++ = '-';
    return put2(day, out);
}

char* put_clock(std::uint64_t hour, std::uint64_t minute, std::uint64_t second, std::uint64_t micro, unsigned decimals,
                char* out) {
    out = put2(hour, out);
    *out++ = ':';
    out = put2(minute, out);
    *out++ = ':';
    out = put2(second, out);
    if (decimals != 0) {
        *out++ = '.';
        out = put(micro % million / tens[most_decimals - decimals], decimals, out);
    }
    return out;
}

std::string_view finish(const char* room, const char* out) { return {room, static_cast<std::size_t>(out - room)}; }

/// Bytes of the fraction behind a time of MySQL 5.6 and later.
std::size_t fraction_size(unsigned decimals) { return (decimals + 1) / 2; }

/// The fraction in µs: stored in hundredths, ten-thousandths or millionths.
std::uint64_t read_fraction(ByteReader& reader, unsigned decimals) {
    const std::uint64_t stored = reader.big(fraction_size(decimals));
    return stored * tens[most_decimals - 2 * fraction_size(decimals)];
}

std::string_view timestamp(std::uint64_t seconds, std::uint64_t micro, unsigned decimals, char* room) {
    char* out = room;
    if (seconds == 0) {
        out = put_date(0, 0, 0, out);
        *out++ = ' ';
        return finish(room, put_clock(0, 0, 0, 0, decimals, out));
    }
    // Days since 1970 to a date, by eras of 400 years that begin in March.
    const std::uint64_t days = seconds / 86400 + 719468;
    const std::uint64_t rest = seconds % 86400;
    const std::uint64_t era = days / 146097;
    const std::uint64_t of_era = days % 146097;
    const std::uint64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const std::uint64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::uint64_t month_from_march = (5 * of_year + 2) / 153;
    const std::uint64_t day = of_year - (153 * month_from_march + 2) / 5 + 1;
    const std::uint64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    const std::uint64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
    out = put_date(year, month, day, out);
    *out++ = ' ';
    return finish(room, put_clock(rest / 3600, rest / 60 % 60, rest % 60, micro, decimals, out));
}

}  // namespace

std::string_view packed_time_text(std::int64_t packed, unsigned decimals, char* room) {
    char* out = room;
    std::uint64_t value = static_cast<std::uint64_t>(packed);
    if (packed < 0) {
        *out++ = '-';
        value = ~value + 1;
    }
    const std::uint64_t clock = value >> 24;
    return finish(room, put_clock(clock >> 12 & 0x3ff, clock >> 6 & 0x3f, clock & 0x3f, value & 0xffffff, decimals, out));
}

std::string_view packed_datetime_text(std::int64_t packed, unsigned decimals, char* room) {
    const std::uint64_t value = packed < 0 ? ~static_cast<std::uint64_t>(packed) + 1 : static_cast<std::uint64_t>(packed);
    const std::uint64_t whole = value >> 24;
    const std::uint64_t date = whole >> 17, clock = whole & 0x1ffff;
    const std::uint64_t months = date >> 5;
    char* out = put_date(months / 13 % 10000, months % 13, date & 0x1f, room);
    *out++ = ' ';
    return finish(room, put_clock(clock >> 12, clock >> 6 & 0x3f, clock & 0x3f, value & 0xffffff, decimals, out));
}

std::string_view packed_date_text(std::int64_t packed, char* room) {
    return packed_datetime_text(packed, 0, room).substr(0, 10);
}

std::string_view date_text(ByteReader& reader, char* room) {
    const std::uint64_t value = reader.little(3);
    return finish(room, put_date((value >> 9) % 10000, value >> 5 & 15, value & 31, room));
}

std::string_view time_text(ByteReader& reader, unsigned decimals, char* room) {
    check(decimals);
    constexpr std::int64_t zero = 0x800000;
    const std::size_t size = fraction_size(decimals);
    // Whole and fraction are one number of which `zero` is the middle: below it the fraction counts upwards.
    const auto stored = static_cast<std::int64_t>(reader.big(3 + size));
    const auto shift = static_cast<int>(8 * size);
    const std::int64_t centred = stored - (zero << shift);
    const std::int64_t magnitude = centred < 0 ? -centred : centred;
    const std::int64_t fraction = magnitude & ((std::int64_t{1} << shift) - 1);
    const std::int64_t micro = fraction * static_cast<std::int64_t>(tens[most_decimals - 2 * size]);
    const std::int64_t packed = (magnitude >> shift << 24) + micro;
    return packed_time_text(centred < 0 ? -packed : packed, decimals, room);
}

std::string_view datetime_text(ByteReader& reader, unsigned decimals, char* room) {
    check(decimals);
    constexpr std::int64_t zero = std::int64_t{1} << 39;
    const std::int64_t whole = static_cast<std::int64_t>(reader.big(5)) - zero;
    if (whole < 0) ByteReader::fail("a DATETIME before the year 0");
    const auto micro = static_cast<std::int64_t>(read_fraction(reader, decimals));
    return packed_datetime_text((whole << 24) + micro, decimals, room);
}

std::string_view timestamp_text(ByteReader& reader, unsigned decimals, char* room) {
    check(decimals);
    const std::uint64_t seconds = reader.big(4);
    return timestamp(seconds, read_fraction(reader, decimals), decimals, room);
}

std::size_t old_time_size(unsigned decimals) {
    constexpr std::size_t sizes[most_decimals + 1] = {3, 4, 4, 5, 5, 5, 6};
    check(decimals);
    return sizes[decimals];
}

std::size_t old_datetime_size(unsigned decimals) {
    constexpr std::size_t sizes[most_decimals + 1] = {8, 6, 6, 7, 7, 7, 8};
    check(decimals);
    return sizes[decimals];
}

std::string_view old_time_text(ByteReader& reader, unsigned decimals, char* room) {
    check(decimals);
    char* out = room;
    if (decimals == 0) {
        auto value = static_cast<std::int32_t>(static_cast<std::uint32_t>(reader.little(3)) << 8) >> 8;
        if (value < 0) {
            *out++ = '-';
            value = -value;
        }
        const auto clock = static_cast<std::uint64_t>(value);
        return finish(room, put_clock(clock / 10000, clock / 100 % 100, clock % 100, 0, 0, out));
    }
    constexpr std::uint64_t beyond_largest = (838 * 3600 + 59 * 60 + 59 + 1) * million;
    const auto stored = static_cast<std::int64_t>(reader.big(old_time_size(decimals)));
    std::int64_t value = stored - static_cast<std::int64_t>(beyond_largest / tens[most_decimals - decimals]);
    if (value < 0) {
        *out++ = '-';
        value = -value;
    }
    const std::uint64_t micro = static_cast<std::uint64_t>(value) * tens[most_decimals - decimals];
    const std::uint64_t seconds = micro / million;
    return finish(room, put_clock(seconds / 3600, seconds / 60 % 60, seconds % 60, micro % million, decimals, out));
}

std::string_view old_datetime_text(ByteReader& reader, unsigned decimals, char* room) {
    check(decimals);
    std::uint64_t year, month, day, hour, minute, second, micro = 0;
    if (decimals == 0) {
        const std::uint64_t value = reader.u64();
        const std::uint64_t date = value / million, clock = value % million;
        year = date / 10000, month = date / 100 % 100, day = date % 100;
        hour = clock / 10000, minute = clock / 100 % 100, second = clock % 100;
    } else {
        std::uint64_t value = reader.big(old_datetime_size(decimals));
        const std::uint64_t per_second = tens[decimals];
        micro = value % per_second * tens[most_decimals - decimals];
        value /= per_second;
        second = value % 60, value /= 60;
        minute = value % 60, value /= 60;
        hour = value % 24, value /= 24;
        day = value % 32, value /= 32;
        month = value % 13, year = value / 13;
    }
    char* out = put_date(year % 10000, month, day, room);
    *out++ = ' ';
    return finish(room, put_clock(hour % 100, minute, second, micro, decimals, out));
}

std::string_view old_timestamp_text(ByteReader& reader, unsigned decimals, char* room) {
    check(decimals);
    if (decimals == 0) return timestamp(reader.u32(), 0, 0, room);
    const std::uint64_t seconds = reader.big(4);
    const std::uint64_t fraction = reader.big(fraction_size(decimals));
    return timestamp(seconds, fraction * tens[most_decimals - decimals], decimals, room);
}

}  // namespace transload::mysql::binlog

#include "adapters/mysql/binlog/cell.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "adapters/mysql/binlog/compressed.hpp"
#include "adapters/mysql/binlog/gtid_wire.hpp"
#include "adapters/mysql/binlog/json_document.hpp"
#include "adapters/mysql/binlog/number_text.hpp"
#include "adapters/mysql/binlog/time_text.hpp"

namespace transload::mysql::binlog {
namespace {

constexpr std::size_t most_padding = 1024;

/// `text` with zeros in front up to `width`; numbers with a sign are not filled.
std::string_view zero_filled(std::string_view text, std::size_t width, char (&room)[number_room]) {
    if (text.size() >= width || width >= number_room) return text;
    const std::size_t zeros = width - text.size();
    std::memmove(room + zeros, text.data(), text.size());
    std::memset(room, '0', zeros);
    return {room, width};
}

void set_json(std::uint32_t column, std::string_view binary, RowImage& image) {
    const JsonNode document = read_json(binary);
    std::string out;
    if (json_needs_expression(document)) {
        append_json_expression(document, out);
        image.set(column, CellState::expression, out);
    } else {
        append_json_text(document, out);
        image.set(column, CellState::value, out);
    }
}

/// Bytes of a fixed length of which the log left zeros at the end out.
std::string_view padded(std::string_view bytes, std::size_t size, char (&room)[most_padding]) {
    if (bytes.size() >= size || size > most_padding) return bytes;
    std::memset(room, 0, size);
    if (!bytes.empty()) std::memcpy(room, bytes.data(), bytes.size());
    return {room, size};
}

void set_native_text(const CellLayout& cell, std::string_view bytes, RowImage& image) {
    char whole[most_padding];
    bytes = padded(bytes, cell.width, whole);
    if (bytes.size() != cell.width) ByteReader::fail("a value of another length than its type");
    if (cell.form == CellForm::uuid) return image.set(cell.column, CellState::value, uuid_text(bytes));
    char room[INET6_ADDRSTRLEN];
    inet_ntop(cell.form == CellForm::inet4 ? AF_INET : AF_INET6, bytes.data(), room, sizeof room);
    image.set(cell.column, CellState::value, room);
}

std::int64_t signed_value(ByteReader& reader, std::size_t size) {
    const auto unused = static_cast<unsigned>(64 - 8 * size);
    return static_cast<std::int64_t>(reader.little(size) << unused) >> unused;
}

double real4(ByteReader& reader) {
    const std::uint32_t bits = reader.u32();
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return static_cast<double>(value);
}

double real8(ByteReader& reader) {
    const std::uint64_t bits = reader.u64();
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

std::string_view year_text(std::uint8_t stored, std::size_t digits, char (&room)[number_room]) {
    const unsigned year = digits == 2 ? stored % 100U : stored == 0 ? 0U : 1900U + stored;
    return zero_filled(unsigned_text(year, room), digits, room);
}

}  // namespace

std::string_view counted_bytes(const CellLayout& cell, ByteReader& reader) {
    return reader.bytes(static_cast<std::size_t>(reader.little(cell.size)));
}

void read_cell(const CellLayout& cell, ByteReader& reader, RowImage& image) {
    char number[number_room];
    char time[time_room];
    const auto set = [&](std::string_view bytes) { image.set(cell.column, CellState::value, bytes); };
    const auto set_number = [&](std::string_view text) {
        set(cell.zerofill ? zero_filled(text, cell.width, number) : text);
    };
    switch (cell.form) {
        case CellForm::signed_integer: return set_number(signed_text(signed_value(reader, cell.size), number));
        case CellForm::unsigned_integer: return set_number(unsigned_text(reader.little(cell.size), number));
        case CellForm::year: return set(year_text(reader.u8(), cell.width, number));
        case CellForm::real4: return set(double_text(real4(reader), number));
        case CellForm::real8: return set_number(double_text(real8(reader), number));
        case CellForm::decimal:
            return set(decimal_text(reader, cell.precision, cell.decimals, cell.zerofill, number));
        case CellForm::bits: return set(reader.bytes(cell.size));
        case CellForm::number: return set(unsigned_text(reader.little(cell.size), number));
        case CellForm::date: return set(date_text(reader, time));
        case CellForm::time: return set(time_text(reader, cell.decimals, time));
        case CellForm::datetime: return set(datetime_text(reader, cell.decimals, time));
        case CellForm::timestamp: return set(timestamp_text(reader, cell.decimals, time));
        case CellForm::old_time: return set(old_time_text(reader, cell.decimals, time));
        case CellForm::old_datetime: return set(old_datetime_text(reader, cell.decimals, time));
        case CellForm::old_timestamp: return set(old_timestamp_text(reader, cell.decimals, time));
        case CellForm::bytes: return set(counted_bytes(cell, reader));
        case CellForm::fixed_bytes: {
            char room[most_padding];
            return set(padded(counted_bytes(cell, reader), cell.width, room));
        }
        case CellForm::json: return set_json(cell.column, counted_bytes(cell, reader), image);
        case CellForm::uuid:
        case CellForm::inet4:
        case CellForm::inet6: return set_native_text(cell, counted_bytes(cell, reader), image);
        case CellForm::compressed: return set(inflate_column(counted_bytes(cell, reader)));
    }
}

void skip_cell(const CellLayout& cell, ByteReader& reader) {
    switch (cell.form) {
        case CellForm::decimal: return reader.skip(decimal_size(cell.precision, cell.decimals));
        case CellForm::time: return reader.skip(3 + (cell.decimals + 1U) / 2);
        case CellForm::datetime: return reader.skip(5 + (cell.decimals + 1U) / 2);
        case CellForm::timestamp: return reader.skip(4 + (cell.decimals + 1U) / 2);
        case CellForm::old_time: return reader.skip(old_time_size(cell.decimals));
        case CellForm::old_datetime: return reader.skip(old_datetime_size(cell.decimals));
        case CellForm::old_timestamp: return reader.skip(4 + (cell.decimals + 1U) / 2);
        case CellForm::bytes:
        case CellForm::fixed_bytes:
        case CellForm::json:
        case CellForm::uuid:
        case CellForm::inet4:
        case CellForm::inet6:
        case CellForm::compressed: static_cast<void>(counted_bytes(cell, reader)); return;
        default: return reader.skip(cell.size);
    }
}

}  // namespace transload::mysql::binlog

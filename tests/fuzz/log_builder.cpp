#include "tests/fuzz/log_builder.hpp"

#include <zstd.h>

namespace transload::test {
namespace {

using namespace std::string_literals;

struct Sample {
    const char* data_type;
    const char* column_type;
    std::uint8_t type;
    std::string metadata;
    std::string stored;
    std::string printed;
    bool is_unsigned = false;
};

/// {"a": [1, "x"]} as MySQL stores it.
std::string json_sample() {
    const std::string array = "\x02\x00\x0c\x00\x05\x01\x00\x0c\x0a\x00\x01x"s;
    const std::string object = "\x01\x00\x18\x00\x0b\x00\x01\x00\x02\x0c\x00"s + "a" + array;
    return "\x00"s + object;
}

const std::vector<Sample>& samples() {
    static const std::vector<Sample> all = [] {
        const std::string json = json_sample();
        return std::vector<Sample>{
            {"int", "int", 3, "", little(0xfffffffe, 4), "-2"},
            {"tinyint", "tinyint unsigned", 1, "", "\xff", "255", true},
            {"smallint", "smallint", 2, "", little(0x8000, 2), "-32768"},
            {"mediumint", "mediumint", 9, "", little(0xffffff, 3), "-1"},
            {"bigint", "bigint unsigned", 8, "", little(~0ULL, 8), "18446744073709551615", true},
            {"float", "float", 4, "\x04", little(0x3dcccccd, 4), "0.10000000149011612"},
            {"double", "double", 5, "\x08", little(0x3ff8000000000000, 8), "1.5"},
            {"decimal", "decimal(10,2)", 246, "\x0a\x02", "\x80\x00\x00\x0c\x22"s, "12.34"},
            {"varchar", "varchar(20)", 15, little(80, 2), "\x03" "abc"s, "abc"},
            {"text", "text", 252, "\x02", little(2, 2) + "hi", "hi"},
            {"binary", "binary(4)", 254, "\xfe\x04", "\x01x"s, "x\0\0\0"s},
            {"enum", "enum('a','b')", 254, "\xf7\x01", "\x02", "2"},
            {"set", "set('a','b')", 254, "\xf8\x01", "\x03", "3"},
            {"bit", "bit(9)", 16, "\x01\x01", "\x01\x02", "\x01\x02"},
            {"date", "date", 10, "", little(2024U << 9 | 2U << 5 | 29U, 3), "2024-02-29"},
            {"time", "time(2)", 19, "\x02", "\x7f\xff\xff\xf6"s, "-00:00:00.10"},
            {"datetime", "datetime(6)", 18, "\x06", "\x80\0\0\0\0\0\0\0"s, "0000-00-00 00:00:00.000000"},
            {"timestamp", "timestamp", 17, std::string(1, '\0'), "\x00\x00\x00\x01"s, "1970-01-01 00:00:01"},
            {"year", "year", 13, "", "\x01", "1901"},
            {"json", "json", 245, "\x04", little(json.size(), 4) + json, "{\"a\": [1, \"x\"]}"},
            {"point", "point", 255, "\x04", little(3, 4) + "wkb", "wkb"},
        };
    }();
    return all;
}

std::string table_id() { return little(1, 6) + little(1, 2); }

std::string row() {
    std::string bytes((samples().size() + 7) / 8, '\0');  // nothing is NULL
    for (const Sample& sample : samples()) bytes += sample.stored;
    return bytes;
}

std::string rows_head() { return table_id() + little(2, 2) + little(samples().size(), 1); }
std::string all_present() { return std::string((samples().size() + 7) / 8, '\xff'); }

}  // namespace

std::string little(std::uint64_t value, std::size_t size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
    return bytes;
}

LogBuilder& LogBuilder::event(std::uint8_t type, std::string_view body, std::uint16_t flags) {
    const std::size_t size = 19 + body.size();
    end_ += static_cast<std::uint32_t>(size);
    std::string bytes = little(1'700'000'000, 4);
    bytes += static_cast<char>(type);
    bytes += little(1, 4) + little(size, 4) + little(end_, 4) + little(flags, 2);
    bytes += body;
    events_.push_back(bytes);
    return *this;
}

LogBuilder& LogBuilder::format() {
    std::string version = "8.0.36";
    version.resize(50);
    // Post-header sizes, no checksums, and the four bytes that this event has anyway.
    return event(15, little(4, 2) + version + little(0, 4) + "\x13" + std::string(40, '\x08') + std::string(1 + 4, '\0'));
}

LogBuilder& LogBuilder::rotate(std::string_view file, std::uint64_t offset) {
    return event(4, little(offset, 8) + std::string(file), 0x20);
}

LogBuilder& LogBuilder::gtid(std::uint64_t number) {
    return event(33, "\x01" + std::string(16, '\x11') + little(number, 8) + "\x02" + little(0, 8) + little(1, 8) +
                         little(1'700'000'000'000'000, 7) + "\x30");
}

LogBuilder& LogBuilder::query(std::string_view sql, std::string_view database) {
    const std::string variables = "\x01"s + little(0, 8);
    return event(2, little(5, 4) + little(0, 4) + little(database.size(), 1) + little(0, 2) + little(variables.size(), 2) +
                        variables + std::string(database) + std::string(1, '\0') + std::string(sql));
}

LogBuilder& LogBuilder::xid() { return event(16, little(77, 8)); }

LogBuilder& LogBuilder::map_of_all_types(std::string_view database, std::string_view table) {
    std::string types, metadata;
    for (const Sample& sample : samples()) {
        types += static_cast<char>(sample.type);
        metadata += sample.metadata;
    }
    return event(19, table_id() + little(database.size(), 1) + std::string(database) + std::string(1, '\0') +
                         little(table.size(), 1) + std::string(table) + std::string(1, '\0') + little(types.size(), 1) +
                         types + little(metadata.size(), 1) + metadata + std::string((types.size() + 7) / 8, '\xff'));
}

LogBuilder& LogBuilder::insert_of_all_types() { return event(30, rows_head() + all_present() + row()); }

LogBuilder& LogBuilder::update_of_all_types() {
    return event(31, rows_head() + all_present() + all_present() + row() + row());
}

LogBuilder& LogBuilder::payload(const LogBuilder& inner) {
    const std::string plain = inner.bytes();
    std::string packed(ZSTD_compressBound(plain.size()), '\0');
    packed.resize(ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), 3));
    const std::string size = "\xfd" + little(packed.size(), 3);
    return event(40, "\x02\x01"s + std::string(1, '\0') + "\x01\x04" + size + std::string(1, '\0') + packed);
}

std::string LogBuilder::bytes() const {
    std::string all;
    for (const std::string& one : events_) all += one;
    return all;
}

std::vector<TablePlan> all_types() {
    TablePlan plan;
    plan.source = plan.target = {"d", "t"};
    for (const Sample& sample : samples()) {
        Column column;
        column.name = "c" + std::to_string(plan.columns.size());
        column.data_type = sample.data_type;
        column.column_type = sample.column_type;
        column.is_unsigned = sample.is_unsigned;
        plan.columns.push_back(column);
    }
    plan.key = RowKey{"PRIMARY", {{0, false}}};
    return {plan};
}

std::vector<std::string> row_of_all_types() {
    std::vector<std::string> cells;
    for (const Sample& sample : samples()) cells.push_back(sample.printed);
    return cells;
}

}  // namespace transload::test

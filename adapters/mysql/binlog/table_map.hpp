#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "adapters/mysql/binlog/byte_reader.hpp"

namespace transload::mysql::binlog {

/// Field types as table maps have them.
namespace field {
enum : std::uint8_t {
    tiny = 1, short_ = 2, long_ = 3, float_ = 4, double_ = 5, null = 6, timestamp = 7, longlong = 8, int24 = 9,
    date = 10, time = 11, datetime = 12, year = 13, newdate = 14, varchar = 15, bit = 16, timestamp2 = 17,
    datetime2 = 18, time2 = 19, typed_array = 20, blob_compressed = 140, varchar_compressed = 141, vector = 242,
    json = 245, decimal = 246, enumeration = 247, set = 248, tiny_blob = 249, medium_blob = 250, long_blob = 251,
    blob = 252, var_string = 253, string = 254, geometry = 255,
};
}  // namespace field

/// One column of a TABLE_MAP event.
struct MappedColumn {
    std::uint8_t type = 0;      ///< ENUM and SET unpacked from the STRING that they travel as
    std::uint16_t metadata = 0; ///< as in the event; for STRING its length, for ENUM and SET their bytes
};

/// A TABLE_MAP event; its names point into it.
struct TableMap {
    std::uint64_t id = 0;
    std::string_view database;
    std::string_view table;
    std::vector<MappedColumn> columns;
};

/// `body`: behind the header, without checksum. Throws Malformed.
[[nodiscard]] TableMap read_table_map(std::string_view body);

}  // namespace transload::mysql::binlog

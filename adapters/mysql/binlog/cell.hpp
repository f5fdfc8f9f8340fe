#pragma once
#include <cstdint>
#include <optional>

#include "adapters/mysql/binlog/byte_reader.hpp"
#include "adapters/mysql/binlog/change.hpp"
#include "adapters/mysql/binlog/table_map.hpp"
#include "orchestrator/plan/table_plan.hpp"

/// How one column's values lie in row images, and what becomes of them.
namespace transload::mysql::binlog {

enum class CellForm : std::uint8_t {
    signed_integer, unsigned_integer, year, real4, real8, decimal, bits, number,  // number: ENUM, SET
    date, time, datetime, timestamp, old_time, old_datetime, old_timestamp,
    bytes, fixed_bytes, json, uuid, inet4, inet6, compressed,
};

struct CellLayout {
    CellForm form = CellForm::bytes;
    bool wanted = true;           ///< else it is only skipped
    std::uint8_t size = 0;        ///< of the value, or of the length in front of it
    std::uint8_t decimals = 0;    ///< of a time; scale
    std::uint8_t precision = 0;
    bool zerofill = false;
    std::uint16_t width = 0;      ///< zero-filled numbers and fixed_bytes: that many characters or bytes
    std::uint32_t column = 0;     ///< of the plan
};

/// The layout of `mapped`, which must be fit for `column`; nullopt when it is not: another type. Throws Malformed for
/// metadata that can't be. `column` nullptr: any type will do, since the values are only skipped.
[[nodiscard]] std::optional<CellLayout> cell_layout(const MappedColumn& mapped, const Column* column);

/// Takes a value off `reader` and sets it in `image`. Throws Malformed.
void read_cell(const CellLayout& cell, ByteReader& reader, RowImage& image);

/// Takes a value off `reader`.
void skip_cell(const CellLayout& cell, ByteReader& reader);

/// The bytes of a value that has a length in front of it.
[[nodiscard]] std::string_view counted_bytes(const CellLayout& cell, ByteReader& reader);

}  // namespace transload::mysql::binlog

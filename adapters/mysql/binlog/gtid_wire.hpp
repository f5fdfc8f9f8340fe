#pragma once
#include <string>

#include "adapters/mysql/binlog/byte_reader.hpp"
#include "adapters/mysql/binlog/position.hpp"

namespace transload::mysql::binlog {

/// The set as COM_BINLOG_DUMP_GTID wants it. Tagged names make it the format of MySQL 8.3, which older servers do not
/// know; without them it is the old one.
[[nodiscard]] std::string encode(const GtidSet& set);

/// "3e11fa47-71ca-11e1-9e33-c80aa9429562" of 16 bytes, and back (throws Malformed).
[[nodiscard]] std::string uuid_text(std::string_view bytes);
[[nodiscard]] std::string uuid_bytes(std::string_view text);

/// Number of MySQL's serialization library: its length in the trailing ones of the first byte.
std::uint64_t read_packed(ByteReader& reader);
std::int64_t read_packed_signed(ByteReader& reader);

}  // namespace transload::mysql::binlog

#pragma once
#include <cstdint>
#include <string_view>

#include "adapters/mysql/binlog/byte_reader.hpp"

/// Dates and times of the log as the server prints them with time_zone +00:00: zero and partly zero dates and negative
/// times included. `decimals`: of a second, 0 … 6; more is Malformed. Room: time_room characters.
namespace transload::mysql::binlog {

inline constexpr std::size_t time_room = 48;

[[nodiscard]] std::string_view date_text(ByteReader& reader, char* room);
[[nodiscard]] std::string_view time_text(ByteReader& reader, unsigned decimals, char* room);
[[nodiscard]] std::string_view datetime_text(ByteReader& reader, unsigned decimals, char* room);
[[nodiscard]] std::string_view timestamp_text(ByteReader& reader, unsigned decimals, char* room);

/// The forms from before MySQL 5.6, which MariaDB still has in tables that nobody rebuilt. With decimals they are
/// MariaDB's own.
[[nodiscard]] std::string_view old_time_text(ByteReader& reader, unsigned decimals, char* room);
[[nodiscard]] std::string_view old_datetime_text(ByteReader& reader, unsigned decimals, char* room);
[[nodiscard]] std::string_view old_timestamp_text(ByteReader& reader, unsigned decimals, char* room);
/// Bytes of an old TIME, DATETIME or TIMESTAMP with decimals.
[[nodiscard]] std::size_t old_time_size(unsigned decimals);
[[nodiscard]] std::size_t old_datetime_size(unsigned decimals);

/// MySQL's packed numbers, as JSON documents hold them.
[[nodiscard]] std::string_view packed_time_text(std::int64_t packed, unsigned decimals, char* room);
[[nodiscard]] std::string_view packed_datetime_text(std::int64_t packed, unsigned decimals, char* room);
[[nodiscard]] std::string_view packed_date_text(std::int64_t packed, char* room);

}  // namespace transload::mysql::binlog

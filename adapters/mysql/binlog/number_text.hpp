#pragma once
#include <cstdint>
#include <string_view>

#include "adapters/mysql/binlog/byte_reader.hpp"

/// Numbers of the log as the server prints them.
namespace transload::mysql::binlog {

/// Room that any text of this header fits in.
inline constexpr std::size_t number_room = 400;

/// Shortest text that gives the same DOUBLE, laid out as servers do: up to 15 digits before the point or zeros behind
/// it in full, else "1.5e-20".
[[nodiscard]] std::string_view double_text(double value, char (&room)[number_room]);

/// The binary form of DECIMAL(precision, scale), taken off `reader`. Throws Malformed for impossible digits or arguments.
/// `zerofill`: all digits before the point are printed.
[[nodiscard]] std::string_view decimal_text(ByteReader& reader, unsigned precision, unsigned scale, bool zerofill,
                                            char (&room)[number_room]);
[[nodiscard]] std::size_t decimal_size(unsigned precision, unsigned scale);

[[nodiscard]] std::string_view signed_text(std::int64_t value, char (&room)[number_room]);
[[nodiscard]] std::string_view unsigned_text(std::uint64_t value, char (&room)[number_room]);

}  // namespace transload::mysql::binlog

#pragma once
#include <cstdint>
#include <string>

/// Numbers as people read them.
namespace transload::cli {

[[nodiscard]] std::string human_count(std::uint64_t count);     ///< "1,234,567"
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);     ///< "12.3 MiB"
[[nodiscard]] std::string human_duration(double seconds);       ///< "850 ms", "12.3 s", "4 min 05 s", "2 h 10 min"
[[nodiscard]] std::string human_rate(double per_second);        ///< "12.3k/s"

}  // namespace transload::cli

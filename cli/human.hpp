#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Numbers as people read them.
namespace transload::cli {

[[nodiscard]] std::string human_count(std::uint64_t count);     ///< "1,234,567"
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);     ///< "12.3 MiB"
[[nodiscard]] std::string human_duration(double seconds);       ///< "850 ms", "12.3 s", "4 min 05 s", "2 h 10 min"
[[nodiscard]] std::string human_rate(double per_second);        ///< "12.3k/s"


/// One of ▁▂▃▄▅▆▇█ for each value, against the greatest of them; a space for a value below 0 (not known).
[[nodiscard]] std::string sparkline(const std::vector<double>& values);

/// The first `width` characters of UTF-8 text, each taken to be one column wide.
[[nodiscard]] std::string clipped(std::string_view text, std::size_t width);

}  // namespace transload::cli

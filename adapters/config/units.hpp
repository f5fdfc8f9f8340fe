#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace transload::config {

/// Decimal digits only; nullopt for anything else and for what does not fit.
[[nodiscard]] std::optional<std::uint64_t> parse_count(std::string_view text);

/// Bytes: "1048576", "64KiB", "128MiB", "1GiB" (powers of 1024), "64KB", "128MB", "1GB" (powers of 1000).
[[nodiscard]] std::optional<std::uint64_t> parse_bytes(std::string_view text);

/// "500ms", "5s", "10m", "2h", or "0".
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace transload::config

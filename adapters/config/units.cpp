#include "adapters/config/units.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace transload::config {
namespace {

using Unit = std::pair<std::string_view, std::uint64_t>;

constexpr auto byte_units = std::to_array<Unit>({{"", 1},
                                                 {"B", 1},
                                                 {"KiB", 1ULL << 10},
                                                 {"MiB", 1ULL << 20},
                                                 {"GiB", 1ULL << 30},
                                                 {"KB", 1'000},
                                                 {"MB", 1'000'000},
                                                 {"GB", 1'000'000'000}});
constexpr auto time_units = std::to_array<Unit>({{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}});

template <std::size_t N>
std::optional<std::uint64_t> parse_with(std::string_view text, const std::array<Unit, N>& units) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto count = parse_count(text.substr(0, digits));
    if (!count) return std::nullopt;
    std::string_view unit = text.substr(digits);
    if (unit.size() > 1 && unit.starts_with(' ')) unit.remove_prefix(1);
    for (const auto& [name, factor] : units) {
        if (name != unit) continue;
        if (*count > std::numeric_limits<std::uint64_t>::max() / factor) return std::nullopt;
        return *count * factor;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> parse_count(std::string_view text) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return value;
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
    return parse_with(text, byte_units);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    if (text == "0") return std::chrono::milliseconds{0};
    const auto count = parse_with(text, time_units);
    if (!count || *count > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return std::nullopt;
    return std::chrono::milliseconds{*count};
}

}  // namespace transload::config

#include "orchestrator/codec/time_text.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>

namespace transload {
namespace {

/// Reads exactly `digits` decimal digits; -1 when there is anything else.
int number_at(std::string_view text, std::size_t from, std::size_t digits) {
    int value = 0;
    for (std::size_t i = from; i < from + digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

}  // namespace

std::string utc_text(WallTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::milliseconds>(time - day)};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

std::optional<WallTime> utc_from_text(std::string_view text) {
    constexpr std::string_view shape = "0000-00-00T00:00:00.000Z";
    if (text.size() != shape.size()) return std::nullopt;
    for (std::size_t i = 0; i < shape.size(); ++i)
        if (shape[i] != '0' && text[i] != shape[i]) return std::nullopt;
    const std::array<int, 7> parts{number_at(text, 0, 4),  number_at(text, 5, 2),  number_at(text, 8, 2),
                                   number_at(text, 11, 2), number_at(text, 14, 2), number_at(text, 17, 2),
                                   number_at(text, 20, 3)};
    for (const int part : parts)
        if (part < 0) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{parts[0]},
                                           std::chrono::month{static_cast<unsigned>(parts[1])},
                                           std::chrono::day{static_cast<unsigned>(parts[2])}};
    if (!date.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 59) return std::nullopt;
    return WallTime{std::chrono::sys_days{date}} + std::chrono::hours{parts[3]} +
           std::chrono::minutes{parts[4]} + std::chrono::seconds{parts[5]} +
           std::chrono::milliseconds{parts[6]};
}

}  // namespace transload

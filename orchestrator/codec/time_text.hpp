#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/job/event.hpp"

namespace transload {

/// "2026-11-20T10:59:55.123Z": ISO 8601, UTC, milliseconds (rounded down).
[[nodiscard]] std::string utc_text(WallTime time);

/// The time of such a text; nullopt for anything else.
[[nodiscard]] std::optional<WallTime> utc_from_text(std::string_view text);

}  // namespace transload

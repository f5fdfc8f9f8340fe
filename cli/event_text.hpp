#pragma once
#include <string>

#include "orchestrator/job/event.hpp"

namespace transload::cli {

/// One line: local time, state, level when not info, object, message. Control characters are taken out: names come
/// from a database that we don't trust with our terminal.
[[nodiscard]] std::string event_text(const Event& event);

/// The text without control characters.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace transload::cli

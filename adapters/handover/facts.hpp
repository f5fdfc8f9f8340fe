#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/ports/hand_over.hpp"

namespace transload::handover {

using Deadline = std::chrono::steady_clock::time_point;

/// "cutover", "cut_back"
[[nodiscard]] std::string_view to_string(HandOverKind kind);

/// The facts as a JSON object in one line, docs/cutover.md. Without logins and passwords.
[[nodiscard]] std::string facts_json(const JobSpec& spec, const HandOverFacts& facts);

/// An event of the hand-over. When it can't be stored it is lost: it must not turn a yes into a no.
void tell_event(RunControl& control, std::string_view who, std::string_view what) noexcept;

/// What a hand-over that did not succeed is told as.
[[nodiscard]] Error failure(std::string who, const std::string& what);

}  // namespace transload::handover

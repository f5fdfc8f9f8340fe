#pragma once
#include "orchestrator/plan/error.hpp"
#include "orchestrator/steps/step.hpp"

namespace transload {

/// After the hand-over, back: stops the target's writes, brings the last of them to the source, lets the source take
/// writes again. Idempotent. Whatever is thrown leaves the target's write stop to `withdraw_cut_back`.
void cut_back(StepContext& context);

/// What the stream back says of a row that is not as it left it, with a remedy that fits this direction; all else as it is.
[[noreturn]] void rethrow_about_way_back(const Error& error);

/// Gives the target its writers back when the way back was not gone to its end. Nothing to do otherwise.
void withdraw_cut_back(StepContext& context, RunControl& control);

}  // namespace transload

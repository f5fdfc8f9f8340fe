#pragma once
#include "orchestrator/steps/step.hpp"

namespace transload {

/// Looks after the engines until all of them are near the source, and with a manual cutover until it is asked for.
/// Nothing to do for a job without a cutover.
void follow_until_cutover(StepContext& context);

/// The same for a job that cuts over live: what can be done ahead is done, and both sides are compared, as soon as the
/// target has caught up, and again as often as the job wants. Returns the failure when they differ.
[[nodiscard]] std::optional<Failure> follow_live(StepContext& context);

}  // namespace transload

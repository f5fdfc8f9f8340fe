#pragma once
#include "orchestrator/steps/step.hpp"

namespace transload {

/// What a live cutover needs done ahead of its write stop, while the stream goes on: objects that do nothing by
/// themselves, and both sides compared. Idempotent. Returns the failure when they differ.
[[nodiscard]] std::optional<Failure> prepare_live_cutover(StepContext& context);

/// The write stop and all that is in it. When this returns without a failure the target has taken over, which is
/// recorded. A failure, and whatever is thrown, leaves the write stop to `leave_safely`.
[[nodiscard]] std::optional<Failure> cut_over_live(StepContext& context);

/// Takes from the target what acts by itself and was put there for a cutover that did not come about, before the stream
/// writes another row. Idempotent, nothing to do after the hand-over.
void disarm_target(StepContext& context, RunControl& control);

}  // namespace transload

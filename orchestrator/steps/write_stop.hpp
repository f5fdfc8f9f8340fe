#pragma once
#include "orchestrator/steps/step.hpp"

/// The write stop of a job with a cutover: intent and outcome are in the job's report before and after each act.
namespace transload {

/// The source takes no writes when this returns. True when it took some until now, so that what was drained before has
/// to be drained again. Nothing to do for a job without a cutover, or after the hand-over.
bool hold_writes(StepContext& context);

/// Gives the source its writers back, as they were. Nothing to do when no write stop is held or intended.
void withdraw_writes(StepContext& context, RunControl& control);

/// The write stop is over because the target has taken over: the source stays as it is.
void hand_over(StepContext& context);

}  // namespace transload

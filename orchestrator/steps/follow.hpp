#pragma once
#include "orchestrator/steps/step.hpp"

namespace transload {

/// Looks after the engines until all of them are near the source.
void follow_until_caught_up(StepContext& context);

/// The same, and with a manual cutover on until it is asked for. Nothing to do for a job without a cutover.
void follow_until_cutover(StepContext& context);

}  // namespace transload

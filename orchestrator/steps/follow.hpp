#pragma once
#include "orchestrator/steps/step.hpp"

namespace transload {

/// Looks after the engines until all of them are near the source, and with a manual cutover until it is asked for.
/// Nothing to do for a job without a cutover.
void follow_until_cutover(StepContext& context);

}  // namespace transload

#pragma once
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/ports/data_engine.hpp"
#include "orchestrator/steps/step.hpp"

namespace transload {

/// Compares all tables at the job's level and puts the outcome into the report. `view.target` null: the target as it is.
/// `mend`: rows that differ are re-copied; not with a target view.
void compare_into_report(StepContext& context, const CommonView& view, bool mend);

/// What the report's mismatches say to a user.
[[nodiscard]] Failure describe_mismatch(const Report& report);

}  // namespace transload

#pragma once
#include "orchestrator/steps/step.hpp"

namespace transload {

/// All that the source has committed is on the target, and stays so for as long as the write stop holds. Returns when
/// that is proven; the proof is in the report.
void drain_all(StepContext& context);

/// Brings the target to one view of the source, compares both at the job's level and fills in the report. Tables that
/// turn out different on an engine that can carry them again are carried again, once. `mend`: rows that differ are
/// re-copied, where the source has moved on since the engines let go of the tables.
/// Returns the failure that names the first row that differs; nullopt when both sides are equal.
[[nodiscard]] std::optional<Failure> prove_equality(StepContext& context, bool mend);

}  // namespace transload

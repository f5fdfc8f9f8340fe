#pragma once
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/ports/data_engine.hpp"
#include "orchestrator/steps/step.hpp"

namespace transload {

/// Compares at the job's level and puts the outcome into the report. `view.target` null: the target as it is. `mend`: rows
/// that differ are re-copied; not with a target view. `only`: these tables (source names), what the report says of the
/// others stays; empty: all. Returns the tables that could not be compared, which is possible with a target view only.
std::vector<UnseenTable> compare_into_report(StepContext& context, const CommonView& view, bool mend,
                                             const std::vector<TableName>& only = {});

/// What the report's mismatches say to a user.
[[nodiscard]] Failure describe_mismatch(const Report& report);

}  // namespace transload

#pragma once
#include "orchestrator/steps/step.hpp"

/// What several steps need in the same form.
namespace transload {

/// The job's table plans, read from the source when this run has none yet.
const std::vector<TablePlan>& planned_tables(StepContext& context);

/// What the schema tool works on. Refers into `context`.
[[nodiscard]] SchemaJob schema_job(StepContext& context);

/// A failure that names the first error among `findings`, and how many there are; nullopt without an error.
[[nodiscard]] std::optional<Failure> failure_from(const Findings& findings);

/// Takes over the numbers of a comparison and keeps the changelogs' paths.
void record_comparison(StepContext& context, const SchemaReport& comparison);

}  // namespace transload

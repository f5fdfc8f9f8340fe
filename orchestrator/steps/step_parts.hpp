#pragma once
#include "orchestrator/plan/error.hpp"
#include "orchestrator/steps/step.hpp"

/// What several steps need in the same form.
namespace transload {

/// The job's table plans, read from the source when this run has none yet.
const std::vector<TablePlan>& planned_tables(StepContext& context);

/// What the schema tool works on. Refers into `context`.
[[nodiscard]] SchemaJob schema_job(StepContext& context);

/// A failure that names the first error among `findings`, and how many there are; nullopt without an error.
[[nodiscard]] std::optional<Failure> failure_from(const Findings& findings);

/// What an error says; its state and step are the caller's to fill in.
[[nodiscard]] Failure failure_from(const Error& error);

/// Takes over the numbers of a comparison and keeps the changelogs' paths.
void record_comparison(StepContext& context, const SchemaReport& comparison);

}  // namespace transload

#include "orchestrator/steps/step_parts.hpp"

namespace transload {

StepResult run_schema_apply(StepContext& context) {
    if (auto failure = handed_over_since(context.handed_over, context.job)) return {StepOutcome::failed, std::move(failure)};
    const SchemaJob job = schema_job(context);
    context.ports.schema.apply(job, SchemaPart::pre_data, context.control);
    const SchemaReport comparison = context.ports.schema.compare(job, SchemaPart::pre_data, context.control);
    record_comparison(context, comparison);
    if (auto failure = failure_from(comparison.different)) return {StepOutcome::failed, std::move(failure)};
    return {};
}

}  // namespace transload

#include "orchestrator/steps/step_parts.hpp"

namespace transload {

StepResult run_finalize(StepContext& context) {
    context.scratch.view.reset();  // a long-lived snapshot keeps the source from purging old row versions
    const SchemaJob schema = schema_job(context);
    context.ports.schema.apply(schema, SchemaPart::post_data, context.control);
    const SchemaReport comparison = context.ports.schema.compare(schema, SchemaPart::post_data, context.control);
    record_comparison(context, comparison);
    if (auto failure = failure_from(comparison.different)) return {StepOutcome::failed, std::move(failure)};
    engine_of(context).forget(data_job(context), context.control);
    context.ports.schema.forget(schema, context.control);
    return {};
}

}  // namespace transload

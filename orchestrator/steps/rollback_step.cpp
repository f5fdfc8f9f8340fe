#include "orchestrator/steps/step_parts.hpp"

namespace transload {

StepResult run_rollback(StepContext& context) {
    context.scratch.view.reset();
    // What the job created is recorded on the target: the source is not asked, it may be gone.
    if (!context.scratch.tables) context.scratch.tables.emplace();
    const SchemaJob schema = schema_job(context);
    engine_of(context).forget(DataJob{context.job.id, context.job.spec, *context.scratch.tables, {}},
                              context.control);
    context.ports.schema.drop_created(schema, context.control);
    context.ports.schema.forget(schema, context.control);
    return {};
}

}  // namespace transload

#include "orchestrator/steps/step_parts.hpp"
#include "orchestrator/steps/write_stop.hpp"

namespace transload {

StepResult run_rollback(StepContext& context) {
    context.scratch.view.reset();
    withdraw_writes(context, context.control);
    // What the job created is recorded on the target: the source is not asked, it may be gone.
    if (!context.scratch.tables) context.scratch.tables.emplace();
    const SchemaJob schema = schema_job(context);
    const DataJob data{context.job.id, context.job.spec, *context.scratch.tables, {}, context.log_file};
    for (DataEngine* engine : {&context.ports.shardingsphere_engine, &context.ports.native_engine}) {
        engine->abandon(data, context.control);
        engine->forget(data, context.control);
    }
    context.ports.schema.drop_created(schema, context.control);
    context.ports.schema.forget(schema, context.control);
    return {};
}

}  // namespace transload

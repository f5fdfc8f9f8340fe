#include "orchestrator/plan/error.hpp"
#include "orchestrator/steps/cut_back.hpp"
#include "orchestrator/steps/reverse_job.hpp"
#include "orchestrator/steps/step_parts.hpp"
#include "orchestrator/steps/write_stop.hpp"

namespace transload {

namespace {

/// What a withdrawn cutover left on the source for a way back. The source may be gone: that is no reason not to clean the
/// target.
void forget_way_back(StepContext& context) {
    if (!context.job.spec.cutover.reverse) return;
    const JobSpec spec = reversed(context.job.spec);
    const std::vector<TablePlan> no_tables;
    try {
        context.ports.native_engine.forget(DataJob{context.job.id, spec, no_tables, {}, context.log_file, true},
                                           context.control);
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::cancelled) throw;
        context.control.event(Severity::warning, "rollback", "source",
                              "the checkpoint of the way back may still be in _transload there: " + error.message());
    }
}

}  // namespace

StepResult run_rollback(StepContext& context) {
    context.scratch.view.reset();
    if (has_handed_over(context.job.report.cutover)) {
        // The target has taken writes that are nowhere else.
        if (!context.job.spec.cutover.reverse)
            throw Error(ErrorKind::refused, "rollback.handed_over", context.job.spec.target.label(),
                        "the target has taken over: what was written to it since would be lost",
                        "keep the target, and retry the job to finish it; a job with cutover.reverse has a way back");
        (void)planned_tables(context);
        cut_back(context);
        return {};
    }
    withdraw_writes(context, context.control);
    // What the job created is recorded on the target: the source is not asked, it may be gone.
    if (!context.scratch.tables) context.scratch.tables.emplace();
    const SchemaJob schema = schema_job(context);
    const DataJob data{context.job.id, context.job.spec, *context.scratch.tables, {}, context.log_file};
    for (DataEngine* engine : {&context.ports.shardingsphere_engine, &context.ports.native_engine}) {
        engine->abandon(data, context.control);
        engine->forget(data, context.control);
    }
    forget_way_back(context);
    context.ports.schema.drop_created(schema, context.control);
    context.ports.schema.forget(schema, context.control);
    return {};
}

}  // namespace transload

#include <utility>

#include "orchestrator/steps/carriers.hpp"
#include "orchestrator/steps/equality.hpp"
#include "orchestrator/steps/step_parts.hpp"
#include "orchestrator/steps/write_stop.hpp"

namespace transload {

namespace {

std::optional<Failure> finalize(StepContext& context) {
    // The source has taken writes since both sides were found equal: this step failed before and gave it back, or the
    // source was restarted. Engines may have let go of their tables by now, so what differs is re-copied.
    if (hold_writes(context)) {
        context.scratch.view.reset();
        if (auto failure = prove_equality(context, true)) return failure;
    }
    context.scratch.view.reset();  // a long-lived snapshot keeps the source from purging old row versions
    if (!has_handed_over(context.job.report.cutover))  // else that is done, and the target takes writes
        for (const Carrier& carrier : carriers(context)) carrier.engine.commit(data_job(context, carrier), context.control);
    const SchemaJob schema = schema_job(context);
    context.ports.schema.apply(schema, SchemaPart::post_data, context.control);
    const SchemaReport comparison = context.ports.schema.compare(schema, SchemaPart::post_data, context.control);
    record_comparison(context, comparison);
    if (auto failure = failure_from(comparison.different)) return failure;
    hand_over(context);
    return std::nullopt;
}

}  // namespace

StepResult run_finalize(StepContext& context) {
    Report& report = context.job.report;
    if (!report.finalized) {
        if (auto failure = finalize(context)) return {StepOutcome::failed, std::move(failure)};
        // Without its records the job would take its own tables for somebody else's.
        report.finalized = true;
        context.control.record(Severity::info, "finalize", "", "post-data schema applied and compared");
    }
    for (const Carrier& carrier : carriers(context)) carrier.engine.forget(data_job(context, carrier), context.control);
    context.ports.schema.forget(schema_job(context), context.control);
    return {};
}

}  // namespace transload

#include "orchestrator/steps/step_parts.hpp"

namespace transload {

StepResult run_schema_generate(StepContext& context) {
    SchemaReport generated = context.ports.schema.generate(schema_job(context), context.control);
    context.job.report.schema.changelogs = std::move(generated.changelogs);
    for (const Finding& finding : generated.different) {
        context.control.event(finding.severity, "schema.generate", finding.object, finding.message);
        if (finding.severity != Severity::info) context.job.report.findings.push_back(finding);
    }
    if (auto failure = failure_from(generated.different)) return {StepOutcome::failed, std::move(failure)};
    return {};
}

}  // namespace transload

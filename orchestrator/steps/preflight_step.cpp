#include <iterator>

#include "orchestrator/plan/names.hpp"
#include "orchestrator/steps/carriers.hpp"
#include "orchestrator/steps/step_parts.hpp"

namespace transload {

Findings all_findings(StepPorts& ports, const JobSpec& spec, const std::vector<TablePlan>& tables,
                      RunControl& control) {
    Findings findings = ports.schema.inspect(spec);
    Findings others = ports.preflight.inspect(spec, tables, control);
    findings.insert(findings.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
    return findings;
}

StepResult run_preflight(StepContext& context) {
    Report& report = context.job.report;
    report.tables.clear();
    context.scratch.tables.reset();
    std::vector<TablePlan> tables = planned_tables(context);
    Findings chosen = context.ports.engine_gate.choose(context.job.spec, tables, context.control);
    context.scratch.tables = tables;
    report.engine = names_of(carriers(context));
    for (const TablePlan& plan : tables) {
        TableReport& table = report.tables.emplace_back();
        table.name = plan.source.display();
        table.target_name = plan.target.display();
        table.engine = to_string(plan.engine);
        if (plan.key) table.key = plan.key->index_name;
    }
    report.findings = std::move(chosen);
    Findings others = all_findings(context.ports, context.job.spec, tables, context.control);
    report.findings.insert(report.findings.end(), std::make_move_iterator(others.begin()),
                           std::make_move_iterator(others.end()));
    for (const Finding& finding : report.findings)
        if (finding.severity != Severity::info)
            context.control.event(finding.severity, "preflight", finding.object,
                                  finding.message + (finding.remedy.empty() ? "" : "; " + finding.remedy));
    if (auto failure = failure_from(report.findings)) return {StepOutcome::failed, std::move(failure)};
    return {};
}

/// Nothing to do: the runner that executes this is the one that the job was waiting for.
StepResult run_queue(StepContext&) { return {}; }

}  // namespace transload

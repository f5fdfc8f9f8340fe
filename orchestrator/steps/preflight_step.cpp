#include <algorithm>
#include <array>
#include <iterator>

#include "orchestrator/plan/names.hpp"
#include "orchestrator/steps/carriers.hpp"
#include "orchestrator/steps/step_parts.hpp"

namespace transload {

namespace {

bool knows_transactions(const std::string& engine) {
    static constexpr std::array<std::string_view, 6> without{"MyISAM", "Aria", "MEMORY", "CSV", "ARCHIVE", "MRG_MyISAM"};
    return std::find(without.begin(), without.end(), engine) == without.end();
}

/// A checkpoint that is committed with the rows needs rows that are committed.
Findings obstacles_to_following(const JobSpec& spec, const std::vector<TablePlan>& tables) {
    Findings findings;
    if (spec.cutover.mode == CutoverMode::none) return findings;
    for (const TablePlan& plan : tables) {
        if (plan.engine != EngineChoice::native || knows_transactions(plan.storage_engine)) continue;
        findings.push_back({"follow.not_transactional", plan.key ? Severity::warning : Severity::error,
                            plan.source.display(),
                            "the table's engine " + plan.storage_engine + " knows no transactions: after a crash nobody can "
                            "tell which changes it holds" +
                                (plan.key ? "; the job then stops at the first that it finds there already" : ""),
                            "ALTER TABLE … ENGINE = InnoDB, or leave the table out and copy it while nobody writes to it"});
    }
    return findings;
}

}  // namespace

Findings all_findings(StepPorts& ports, const JobSpec& spec, std::vector<TablePlan>& tables, RunControl& control) {
    Findings findings = ports.schema.inspect(spec);
    const auto add = [&](Findings others) {
        findings.insert(findings.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
    };
    add(ports.engine_gate.choose(spec, tables, control));
    add(ports.preflight.inspect(spec, tables, control));
    add(obstacles_to_following(spec, tables));
    std::stable_sort(findings.begin(), findings.end(),
                     [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
    return findings;
}

StepResult run_preflight(StepContext& context) {
    Report& report = context.job.report;
    report.tables.clear();
    context.scratch.tables.reset();
    std::vector<TablePlan> tables = planned_tables(context);
    report.findings = all_findings(context.ports, context.job.spec, tables, context.control);
    spare_handed_over(context.handed_over, report.findings);
    context.scratch.tables = tables;
    report.engine = names_of(carriers(context));
    for (const TablePlan& plan : tables) {
        TableReport& table = report.tables.emplace_back();
        table.name = plan.source.display();
        table.target_name = plan.target.display();
        table.engine = to_string(plan.engine);
        if (plan.key) table.key = plan.key->index_name;
    }
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

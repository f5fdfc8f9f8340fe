#include "orchestrator/plan/names.hpp"
#include "orchestrator/steps/step_parts.hpp"

namespace transload {

StepResult run_validate(StepContext& context) {
    // A view does not outlive its process. The engine opens another and brings the rows to it before they are
    // compared, so that both sides are looked at as of one position.
    if (!context.scratch.view) transfer_rows(context);
    ValidationOutcome outcome = context.ports.validator.validate(
        ValidationRequest{context.job.spec, planned_tables(context), context.scratch.view}, context.control);
    Report& report = context.job.report;
    for (std::size_t i = 0; i < outcome.tables.size(); ++i) {
        const TablePlan& plan = (*context.scratch.tables)[i];
        outcome.tables[i].engine = to_string(plan.engine);
        if (plan.key) outcome.tables[i].key = plan.key->index_name;
    }
    report.tables = std::move(outcome.tables);
    report.validation = std::move(outcome.summary);
    if (report.validation.mismatches == 0) return {};

    Failure failure;
    failure.id = "validation.mismatch";
    failure.message = std::to_string(report.validation.mismatches) + " rows differ at level " + report.validation.level;
    if (!report.validation.details.empty()) {
        const Mismatch& first = report.validation.details.front();
        failure.object = first.table;
        failure.message += "; the first: " + first.key + " is " + std::string(to_string(first.kind));
        if (!first.column.empty()) failure.message += " in column " + first.column;
    } else {
        for (const TableReport& table : report.tables)
            if (table.mismatches > 0) {
                failure.object = table.name;
                failure.message += ": " + std::to_string(table.source_rows) + " rows on the source, " +
                                   std::to_string(table.target_rows) + " on the target";
                break;
            }
    }
    failure.remedy =
        "find out who else writes to the target; then re-copy just these rows with "
        "'transload verify --level checksum --repair' and retry the job";
    return {StepOutcome::failed, failure};
}

}  // namespace transload

#include "orchestrator/steps/step_parts.hpp"

#include <algorithm>
#include <filesystem>

namespace transload {

const std::vector<TablePlan>& planned_tables(StepContext& context) {
    if (!context.scratch.tables)
        context.scratch.tables = context.ports.catalog.plan_tables(context.job.spec, context.control);
    return *context.scratch.tables;
}

SchemaJob schema_job(StepContext& context) {
    return SchemaJob{context.job.id, context.job.spec, planned_tables(context),
                     std::filesystem::path(context.job.spec.schema_dir) / context.job.id.str(), context.log_file};
}

DataJob data_job(StepContext& context) {
    return DataJob{context.job.id, context.job.spec, planned_tables(context),
                   context.ports.schema.deferred_indexes(schema_job(context))};
}

DataEngine& engine_of(StepContext& context) { return context.ports.native_engine; }

std::optional<Failure> failure_from(const Findings& findings) {
    const auto is_error = [](const Finding& finding) { return finding.severity == Severity::error; };
    const auto first = std::find_if(findings.begin(), findings.end(), is_error);
    if (first == findings.end()) return std::nullopt;
    const auto others = std::count_if(findings.begin(), findings.end(), is_error) - 1;
    Failure failure;
    failure.id = first->id;
    failure.object = first->object;
    failure.message = first->message;
    failure.remedy = first->remedy;
    if (others > 0) failure.message += " (and " + std::to_string(others) + " more)";
    return failure;
}

void record_comparison(StepContext& context, const SchemaReport& comparison) {
    SchemaReport& report = context.job.report.schema;
    report.objects = comparison.objects;
    report.identical = comparison.identical;
    report.equivalent = comparison.equivalent;
    report.different = comparison.different;
}

void transfer_rows(StepContext& context) {
    TransferResult result = engine_of(context).transfer(data_job(context), context.control);
    Report& report = context.job.report;
    report.rows_copied = result.rows_copied;
    report.bytes_copied = result.bytes_copied;
    report.changes_applied = result.changes_applied;
    report.timings.inventory_seconds += result.inventory_seconds;
    report.timings.indexing_seconds += result.indexing_seconds;
    context.scratch.view = std::move(result.view);
}

}  // namespace transload

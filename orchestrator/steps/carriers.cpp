#include "orchestrator/steps/carriers.hpp"

#include <algorithm>

#include "orchestrator/steps/step_parts.hpp"

namespace transload {

std::vector<Carrier> carriers(StepContext& context) {
    Carrier following{context.ports.shardingsphere_engine, {}};
    Carrier native{context.ports.native_engine, {}};
    for (const TablePlan& plan : planned_tables(context))
        (plan.engine == EngineChoice::shardingsphere ? following : native).tables.push_back(plan);
    std::vector<Carrier> result;
    if (!following.tables.empty()) result.push_back(std::move(following));
    if (!native.tables.empty() || result.empty()) result.push_back(std::move(native));
    return result;
}

bool follows_source(const StepContext& context, const Carrier& carrier) {
    return &carrier.engine == &context.ports.shardingsphere_engine || context.job.spec.cutover.mode != CutoverMode::none;
}

bool cuts_over_live(StepContext& context) {
    if (context.job.spec.cutover.mode == CutoverMode::none) return false;
    const std::vector<Carrier> engines = carriers(context);
    return std::all_of(engines.begin(), engines.end(),
                       [&](const Carrier& carrier) { return &carrier.engine == &context.ports.native_engine; });
}

DataJob data_job(StepContext& context, const Carrier& carrier) {
    DataJob job{context.job.id, context.job.spec, carrier.tables, {}, context.log_file};
    for (DeferredIndexes& deferred : context.ports.schema.deferred_indexes(schema_job(context)))
        if (std::any_of(carrier.tables.begin(), carrier.tables.end(),
                        [&](const TablePlan& plan) { return plan.target == deferred.target; }))
            job.deferred.push_back(std::move(deferred));
    return job;
}

std::string names_of(const std::vector<Carrier>& carriers) {
    std::string names;
    for (const Carrier& carrier : carriers) names += (names.empty() ? "" : ", ") + std::string(carrier.engine.name());
    return names;
}

void transfer_rows(StepContext& context) {
    Report& report = context.job.report;
    std::uint64_t rows = 0, bytes = 0, changes = 0;
    for (const Carrier& carrier : carriers(context)) {
        TransferResult result = carrier.engine.transfer(data_job(context, carrier), context.control);
        rows += result.rows_copied;
        bytes += result.bytes_copied;
        changes += result.changes_applied;
        report.timings.inventory_seconds += result.inventory_seconds;
        report.timings.indexing_seconds += result.indexing_seconds;
        if (result.view) context.scratch.view = std::move(result.view);
    }
    report.rows_copied = rows;
    report.bytes_copied = bytes;
    report.changes_applied = changes;
}

}  // namespace transload

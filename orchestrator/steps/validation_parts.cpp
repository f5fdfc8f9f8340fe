#include "orchestrator/steps/validation_parts.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "orchestrator/plan/names.hpp"
#include "orchestrator/steps/carriers.hpp"
#include "orchestrator/steps/step_parts.hpp"

namespace transload {
namespace {

/// The plans, with each table where it is on the target at present.
std::vector<TablePlan> located_tables(StepContext& context) {
    std::vector<TablePlan> plans = planned_tables(context);
    for (const Carrier& carrier : carriers(context)) {
        const std::vector<TableName> places = carrier.engine.locations(data_job(context, carrier));
        for (std::size_t i = 0; i < carrier.tables.size(); ++i)
            for (TablePlan& plan : plans)
                if (plan.source == carrier.tables[i].source) plan.target = places[i];
    }
    return plans;
}

/// Makes of the comparison of some tables again one of all.
void join(Report& earlier, ValidationOutcome& outcome) {
    std::map<std::string, TableReport> again;
    for (TableReport& table : outcome.tables) again.emplace(table.name, std::move(table));
    for (TableReport& table : earlier.tables) {
        if (const auto found = again.find(table.name); found != again.end()) {
            table = found->second;
        } else {
            outcome.summary.mismatches += table.mismatches;
            outcome.summary.repaired += table.repaired;
        }
    }
    outcome.tables = std::move(earlier.tables);
    std::vector<Mismatch>& details = earlier.validation.details;
    std::erase_if(details, [&](const Mismatch& mismatch) { return again.contains(mismatch.table); });
    std::move(outcome.summary.details.begin(), outcome.summary.details.end(), std::back_inserter(details));
    outcome.summary.details = std::move(details);
}

}  // namespace

std::vector<UnseenTable> compare_into_report(StepContext& context, const CommonView& view, bool mend,
                                             const std::vector<TableName>& only) {
    JobSpec spec = context.job.spec;
    spec.repair = !view.target && (spec.repair || mend);
    std::vector<TablePlan> located = located_tables(context);
    if (!only.empty())
        std::erase_if(located, [&](const TablePlan& plan) { return std::find(only.begin(), only.end(), plan.source) == only.end(); });
    ValidationOutcome outcome = context.ports.validator.validate(
        ValidationRequest{spec, located, view.source, view.target}, context.control);
    auto plan = planned_tables(context).begin();
    for (std::size_t i = 0; i < outcome.tables.size(); ++i, ++plan) {
        while (plan->source != located[i].source) ++plan;
        outcome.tables[i].target_name = plan->target.display();
        outcome.tables[i].engine = to_string(plan->engine);
        if (plan->key) outcome.tables[i].key = plan->key->index_name;
    }
    Report& report = context.job.report;
    if (!only.empty()) join(report, outcome);
    report.tables = std::move(outcome.tables);
    report.validation = std::move(outcome.summary);
    return std::move(outcome.unseen);
}

Failure describe_mismatch(const Report& report) {
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
    return failure;
}

}  // namespace transload

#include "orchestrator/steps/reverse_job.hpp"

#include <utility>

#include "orchestrator/steps/step_parts.hpp"

namespace transload {
namespace {

TablePlan reversed(const TablePlan& plan) {
    TablePlan result = plan;
    std::swap(result.source, result.target);
    result.row_filter.clear();  // whatever the target has is the source's
    result.columns.clear();
    // Key parts count columns, and the target has none of those that were left out.
    std::vector<std::size_t> place(plan.columns.size());
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
        if (plan.columns[i].left_out) continue;
        place[i] = result.columns.size();
        Column column = plan.columns[i];
        column.name = plan.columns[i].on_target();
        column.target_name = plan.columns[i].name;
        result.columns.push_back(std::move(column));
    }
    if (result.key)
        for (KeyPart& part : result.key->parts) part.column = place[part.column];
    return result;
}

}  // namespace

JobSpec reversed(const JobSpec& spec) {
    JobSpec result = spec;
    std::swap(result.source, result.target);
    for (DatabaseMapping& database : result.databases) std::swap(database.source, database.target);
    result.mappings.clear();
    result.target_log_bin = true;
    return result;
}

ReverseJob::ReverseJob(StepContext& context)
    : spec_(transload::reversed(context.job.spec)),
      data_{context.job.id, spec_, tables_, {}, context.log_file, true} {
    for (const TablePlan& plan : planned_tables(context)) tables_.push_back(reversed(plan));
}

}  // namespace transload

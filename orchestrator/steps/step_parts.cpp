#include "orchestrator/steps/step_parts.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "orchestrator/plan/names.hpp"

namespace transload {
void mark_sharded(const JobSpec& spec, std::vector<TablePlan>& tables) {
    if (!spec.sharding) return;
    const std::vector<ShardingRule>& rules = spec.sharding->rules;
    for (TablePlan& plan : tables)
        plan.sharded = std::any_of(rules.begin(), rules.end(),
                                   [&](const ShardingRule& rule) { return rule.table == plan.source.table; });
}

const std::vector<TablePlan>& planned_tables(StepContext& context) {
    if (!context.scratch.tables) {
        std::vector<TablePlan> tables = context.ports.catalog.plan_tables(context.job.spec, context.control);
        // Which engine carries a table is decided once: what is begun on one is not continued on the other.
        std::map<std::string, EngineChoice> chosen;
        for (const TableReport& report : context.job.report.tables)
            if (const auto engine = from_word<EngineChoice>(report.engine)) chosen.emplace(report.name, *engine);
        // What a job moves is decided by its preflight: a table that was made later has no place on the target.
        if (!context.job.report.tables.empty()) {
            std::set<std::string> begun;
            for (const TableReport& report : context.job.report.tables) begun.insert(report.name);
            std::erase_if(tables, [&](const TablePlan& plan) { return !begun.contains(plan.source.display()); });
        }
        for (TablePlan& plan : tables) {
            if (const auto found = chosen.find(plan.source.display()); found != chosen.end()) plan.engine = found->second;
        }
        mark_sharded(context.job.spec, tables);
        context.scratch.tables = std::move(tables);
    }
    return *context.scratch.tables;
}

SchemaJob schema_job(StepContext& context) {
    return SchemaJob{context.job.id, context.job.spec, planned_tables(context),
                     std::filesystem::path(context.job.spec.schema_dir) / context.job.id.str(), context.log_file,
                     context.job.report.cutover.programs};
}

Failure failure_from(const Error& error) {
    Failure failure;
    failure.id = error.id();
    failure.object = error.object();
    failure.message = error.message();
    failure.remedy = error.remedy();
    return failure;
}

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

}  // namespace transload

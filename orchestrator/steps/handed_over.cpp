#include "orchestrator/steps/handed_over.hpp"

#include <chrono>

#include "orchestrator/job/same_target.hpp"
#include "orchestrator/steps/step_parts.hpp"

namespace transload {
namespace {

Finding finding_of(const std::string& table, const HandedOver& by) {
    return {"target.handed_over", Severity::error, table,
            "job " + by.job + " handed " + table + " over to this target: what was written to it since is in no other place",
            "nothing is left to do where this is the same move ('transload job show " + by.job +
                "'); to move the source's rows once more, RENAME or DROP the table on the target yourself"};
}

}  // namespace

HandedOverTables handed_over_tables(const std::vector<Job>& all, const Job& job) {
    HandedOverTables tables;
    for (const Job& other : all) {
        if (other.id == job.id || !has_handed_over(other.report.cutover) || has_handed_over(other.report.cut_back)) continue;
        if (!same_target(other.spec, job.spec)) continue;
        for (const TableReport& table : other.report.tables)
            tables.insert_or_assign(target_key(table.target_name), HandedOver{other.id.str(), other.report.cutover.handed_over_at});
    }
    return tables;
}

void spare_handed_over(const HandedOverTables& tables, Findings& findings) {
    for (Finding& finding : findings) {
        if (finding.id != "target.table_exists") continue;
        if (const auto found = tables.find(target_key(finding.object)); found != tables.end())
            finding = finding_of(finding.object, found->second);
    }
}

std::optional<Failure> handed_over_since(const HandedOverTables& tables, const Job& job) {
    if (job.spec.if_exists != IfExists::truncate && job.spec.if_exists != IfExists::drop) return std::nullopt;
    const auto planned = std::chrono::duration_cast<std::chrono::milliseconds>(job.created.time_since_epoch()).count();
    for (const TableReport& table : job.report.tables) {
        const auto found = tables.find(target_key(table.target_name));
        // What was handed over before the job was planned, preflight has looked at: it may be gone.
        if (found == tables.end() || (found->second.since != 0 && found->second.since < planned)) continue;
        return failure_from(Findings{finding_of(table.target_name, found->second)});
    }
    return std::nullopt;
}

}  // namespace transload

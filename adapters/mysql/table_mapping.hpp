#pragma once
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/plan/table_plan.hpp"

/// The job's rules for names, columns and rows (JobSpec::mappings), put into plans. docs/mapping.md has the words and what
/// is refused. All throw Error{refused, "mapping.…"} whose object is the place in the job file: "mapping[1].leave_out".
namespace transload::mysql {

/// Applies the first rule that fits the table: TablePlan::target, Column::target_name and left_out, row_filter. Columns and
/// key must be in the plan. Without a fitting rule nothing changes.
void apply_mapping(const std::vector<TableMapping>& rules, TablePlan& plan);

/// What only all plans together show: a rule for one table that the job does not have, and two tables that would become one.
void check_mapping(const std::vector<TableMapping>& rules, const std::vector<TablePlan>& plans);

/// Lets the source say whether the row filter of the plan is a condition on this table's row. It can't say whether the
/// columns in it ever change. Throws ServerError for lost connections.
void check_row_filter(Connection& source, const std::vector<TableMapping>& rules, const TablePlan& plan);

}  // namespace transload::mysql

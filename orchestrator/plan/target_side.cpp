#include "orchestrator/plan/target_side.hpp"

#include <algorithm>

namespace transload {

TablePlan target_side(const TablePlan& plan) {
    TablePlan there = plan;
    there.source = plan.target;
    there.row_filter.clear();
    for (Column& column : there.columns) {
        if (!column.target_name.empty()) column.name = column.target_name;
        column.target_name.clear();
    }
    return there;
}

bool is_mapped(const TablePlan& plan) {
    return plan.source.table != plan.target.table || !plan.row_filter.empty() ||
           std::any_of(plan.columns.begin(), plan.columns.end(),
                       [](const Column& column) { return column.left_out || column.on_target() != column.name; });
}

}  // namespace transload

#include "orchestrator/plan/target_side.hpp"

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

}  // namespace transload

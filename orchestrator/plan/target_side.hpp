#pragma once
#include "orchestrator/plan/table_plan.hpp"

namespace transload {

/// The same table as it lies on the target: its name and its columns' names there stand where the source's stand in
/// `plan`, and all its rows count. What makes SQL of a plan makes the target's SQL of this one. Columns keep their places
/// (KeyPart::column), those that are left out too. Make it once and keep it: it is a copy.
[[nodiscard]] TablePlan target_side(const TablePlan& plan);

/// The table's name, a column's name, the columns or the rows are others on the target.
[[nodiscard]] bool is_mapped(const TablePlan& plan);

}  // namespace transload

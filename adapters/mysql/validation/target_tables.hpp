#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/plan/table_plan.hpp"

namespace transload::mysql::validation {

struct IndexColumns {
    std::string name;
    std::vector<std::string> columns;
};

/// A target table as it really is: validation trusts no plan about it.
struct TargetTable {
    std::vector<Column> columns;
    std::vector<std::string> indexes;         ///< names of all indexes
    std::vector<IndexColumns> unique_indexes; ///< over whole columns
    bool has_triggers = false;
};

/// By "database.table" of the plan's target. Tables that are not there are absent.
using TargetTables = std::unordered_map<std::string, TargetTable>;

[[nodiscard]] TargetTables read_target_tables(Connection& connection, const std::vector<TablePlan>& plans);

}  // namespace transload::mysql::validation

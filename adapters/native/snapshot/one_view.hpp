#pragma once
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/ports/data_engine.hpp"

namespace transload::native {

/// Tables of a following job whose rows have to be brought to one view before changes are applied, in the order of
/// `job.tables`. Rows read at two positions may hold the same value of a unique index that is there already while they
/// are loaded; and rows that a cascade of foreign keys changed are in no log, so that nobody could tell for each chunk
/// whether it holds them.
[[nodiscard]] std::vector<bool> tables_that_need_one_view(const DataJob& job, mysql::Connection& source,
                                                          mysql::Connection& target);

}  // namespace transload::native

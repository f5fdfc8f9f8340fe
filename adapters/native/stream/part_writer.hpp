#pragma once
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "adapters/native/stream/cascades.hpp"
#include "adapters/native/stream/split.hpp"
#include "adapters/native/stream/table_sql.hpp"

namespace transload::native {

/// What all writers of a stream share; changes only while nothing is written.
struct WriteContext {
    const std::vector<TablePlan>& plans;
    std::vector<TableSql> sql;       ///< per table
    std::vector<TableShape> shapes;  ///< per table
    Cascades cascades;
};

/// Carries out a part on a session, inside a transaction that the caller begins and commits. Every statement's count is
/// compared with what it must be: deletions first, then updates, then insertions, so that values of unique indexes can
/// change places; then what has an order of its own.
///
/// Throws what CheckedBatch throws; the transaction is then to be rolled back.
void write_part(mysql::Connection& connection, const WriteContext& context, const Part& part, bool careful);

}  // namespace transload::native

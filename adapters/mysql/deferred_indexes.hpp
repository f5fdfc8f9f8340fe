#pragma once
#include <string>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/ports/schema_tool.hpp"

namespace transload::mysql {

/// An ALTER TABLE that copies the table, which servers decide by themselves, reads its rows by the rules of the session:
/// 2023-02-31 becomes 0000-00-00, and a 0 in an AUTO_INCREMENT column a new number. Not after this.
void keep_values_in_alter(Connection& connection);

/// A session that builds indexes: no checks of keys, and memory for sorting where the server lets a session choose.
void prepare_for_indexing(Connection& target);

/// What is missing of `deferred` on the table `actual`, as clauses for ALTER TABLE: one ALTER for each, in order.
[[nodiscard]] std::vector<std::string> missing_indexes(Connection& target, const TableName& actual,
                                                       const DeferredIndexes& deferred);

/// ALTER TABLE with these clauses. Throws Error{transient, "mysql.index_appeared"} when an index of theirs is there by now:
/// a server goes on with the ALTER of a client that was killed, and the next one waits for it and finds it done. Look
/// again what is missing then.
void add_indexes(Connection& target, const TableName& actual, const std::string& clauses);

}  // namespace transload::mysql

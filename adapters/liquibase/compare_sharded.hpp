#pragma once
#include <set>
#include <string>

#include "adapters/liquibase/normalise.hpp"
#include "adapters/liquibase/source_schema.hpp"
#include "orchestrator/ports/schema_tool.hpp"

namespace transload::liquibase {

/// Compares sharded tables of a source database with what the proxy says of them and with every actual table on the
/// shards. To be called once the proxy has made them. `sides`: as for the other tables of the database.
void compare_sharded(const SchemaJob& job, const SourceDatabase& source, const std::set<std::string>& tables,
                     SidesOfComparison sides, SchemaReport& report, RunControl& control);

/// A definition as it would be were it the source's: the actual table's name (in the head, and where the proxy puts it
/// behind names of indexes and constraints that `source` has without it) replaced by the source's.
[[nodiscard]] std::string under_source_name(const std::string& actual_create, const std::string& actual_name,
                                            const std::string& source_create, const std::string& source_name,
                                            bool* renamed = nullptr);

/// MySQL writes a column's character set beside its collation where the column has them by itself, and the collation
/// alone where both come from the table. A table made from such a text has them by itself: the same, said longer.
[[nodiscard]] std::string without_inherited_charset(const std::string& create);

}  // namespace transload::liquibase

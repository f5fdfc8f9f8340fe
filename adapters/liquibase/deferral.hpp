#pragma once
#include <optional>
#include <set>
#include <string>

#include "adapters/liquibase/table_definition.hpp"
#include "orchestrator/plan/table_plan.hpp"

namespace transload::liquibase {

/// Names of the secondary indexes that can be built after the rows without the table ending up different: not
/// the chunk key, not what AUTO_INCREMENT or the clustered order needs, none at all where the order of SHOW
/// CREATE would change or the engine gains nothing.
[[nodiscard]] std::set<std::string> deferrable_indexes(const TableDefinition& table,
                                                       const std::optional<RowKey>& key);

}  // namespace transload::liquibase

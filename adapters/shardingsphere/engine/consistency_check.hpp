#pragma once
#include <vector>

#include "adapters/shardingsphere/engine/migrations.hpp"

namespace transload::shardingsphere {

/// CHECK MIGRATION, algorithm DATA_MATCH, of every table that is followed; some at a time on each proxy. The source must
/// take no writes. Returns the tables that differ. Throws Error when a check can't be carried out, twice.
[[nodiscard]] std::vector<TableName> check_consistency(const DataJob& job, Migrations& migrations, RunControl& control);

}  // namespace transload::shardingsphere

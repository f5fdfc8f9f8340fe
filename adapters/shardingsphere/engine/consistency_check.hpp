#pragma once
#include <vector>

#include "adapters/shardingsphere/engine/migrations.hpp"

namespace transload::shardingsphere {

/// CHECK MIGRATION, algorithm DATA_MATCH, of every table that is followed; some at a time on each proxy. The source must
/// take no writes. Returns the tables that differ. Throws Error when a check can't be carried out, twice, or shows no progress
/// for `patience`, twice.
[[nodiscard]] std::vector<TableName> check_consistency(const DataJob& job, Migrations& migrations, RunControl& control,
                                                       std::chrono::milliseconds patience);

/// How long a check may stand still: with a write stop, as long as its cutover may take, at least a minute.
[[nodiscard]] std::chrono::milliseconds check_patience(const JobSpec& spec);

}  // namespace transload::shardingsphere

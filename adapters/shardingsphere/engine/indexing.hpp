#pragma once
#include "adapters/shardingsphere/engine/migrations.hpp"

namespace transload::shardingsphere {

/// Builds the deferred indexes of tables that are followed, on their staging names, several tables at a time. Changes of
/// the source go on arriving meanwhile. Sharded tables have theirs from the proxy.
void build_indexes(const DataJob& job, Migrations& migrations, RunControl& control);

/// Carries the AUTO_INCREMENT counters over to the tables under their present names. The source takes no writes.
void carry_counters(const DataJob& job, Migrations& migrations, RunControl& control);

}  // namespace transload::shardingsphere

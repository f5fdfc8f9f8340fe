#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/mysql/sharded_target.hpp"
#include "adapters/mysql/validation/target_tables.hpp"

namespace transload::mysql::validation {

/// A sharded table of the target as its shards have it.
struct ShardedTable {
    const ShardingRule* rule = nullptr;  ///< of the job
    std::vector<ShardNode> nodes;
    TargetTable table;      ///< the same on all of them
    ServerVersion version;  ///< the oldest of their servers'
};

/// By "database.table" of the plan's target, for plans with TablePlan::sharded; absent where no shard has the table.
/// Makes the proxy know them. Throws Error when some shards have it and others not, when they have different columns,
/// when a shard's packets are too small for digests (unless `counts_only`), and when its settings, which the proxy's
/// sessions have, would change values: a time zone where a TIMESTAMP is part of the key, PAD_CHAR_TO_FULL_LENGTH.
[[nodiscard]] std::unordered_map<std::string, ShardedTable> read_sharded_tables(
    const JobSpec& spec, const std::vector<TablePlan>& plans, bool counts_only);

}  // namespace transload::mysql::validation

#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/plan/job_spec.hpp"

/// Reading a target that ShardingSphere-Proxy spreads over several servers: through the proxy as applications will,
/// and behind it, shard by shard. Nothing here changes a row or a table.
namespace transload::mysql {

/// One actual table of a sharded table.
struct ShardNode {
    const StorageUnit* unit;  ///< of the job's ShardedTarget, which must outlive this
    std::string table;
    /// "ds_0.orders_0", as the proxy writes it.
    [[nodiscard]] std::string display() const { return unit->name + "." + table; }
};

/// A session on the logical database at the first of the job's proxies that answers. Such a session knows no
/// snapshots, and what is SET in it does not reach the shards: statements must mean the same whatever the shards'
/// time zone, sql_mode and result character set are. Requires spec.sharding. Throws Error
/// "sharding.no_proxy" when none answers (transient) or lets the job in (failed).
[[nodiscard]] Connection connect_logical(const JobSpec& spec);

/// A session at one unit itself, in its database.
[[nodiscard]] Connection connect_unit(const StorageUnit& unit, SessionProfile profile);

/// Where the rows of a sharded table lie, as the proxy says, in its order; empty when the proxy has no rule for it.
/// Throws Error{failed, "sharding.unknown_unit"} when a node lies on a unit that the job does not know.
[[nodiscard]] std::vector<ShardNode> shard_nodes(Connection& proxy, const ShardedTarget& target,
                                                 std::string_view table);

/// The proxy does not know a sharded table that its own migration made until that is committed or it is told to look:
/// tells it to (REFRESH TABLE METADATA), when the table is unknown to it and a shard has it. False: there is no such table.
[[nodiscard]] bool make_known(Connection& proxy, const ShardedTarget& target, const std::string& table);

}  // namespace transload::mysql

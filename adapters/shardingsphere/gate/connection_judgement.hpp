#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/mysql/preflight/server.hpp"
#include "adapters/shardingsphere/gate/finding_kinds.hpp"
#include "orchestrator/plan/job_spec.hpp"

/// Whether servers have room for the migrations, whose number nothing limits: all tables are followed at a time.
namespace transload::shardingsphere {

struct ConnectionRoom {
    std::string server;      ///< "source", "target", …
    bool is_source = false;
    std::uint64_t most = 0;  ///< max_connections
    std::uint64_t used = 0;  ///< now
};

[[nodiscard]] ConnectionRoom connection_room(mysql::Server& server, bool is_source);

/// Connections of one server that `tables` migrations take at most when the last of them are being copied.
[[nodiscard]] std::uint64_t connections_needed(const ShardingSphereOptions& options, std::size_t tables, bool is_source);

[[nodiscard]] std::optional<Reason> judge_connections(const ConnectionRoom& room, const ShardingSphereOptions& options,
                                                      std::size_t tables);

}  // namespace transload::shardingsphere

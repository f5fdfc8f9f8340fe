#include "adapters/shardingsphere/gate/connection_judgement.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace transload::shardingsphere {
namespace {

/// Of a migration that follows: on the source its reader of the binary log and the least of its pool; on the target those
/// that copied stay for a minute beside the one that applies changes. Measured.
constexpr std::uint64_t of_each = 2;

}  // namespace

ConnectionRoom connection_room(mysql::Server& server, bool is_source) {
    return {server.side(), is_source, server.number("max_connections"), server.status("Threads_connected")};
}

std::uint64_t connections_needed(const ShardingSphereOptions& options, std::size_t tables, bool is_source) {
    const std::uint64_t copied = std::min<std::uint64_t>(tables, options.tables_at_once * options.proxies.size());
    return tables * of_each + copied * (is_source ? options.read_threads : options.write_threads);
}

std::optional<Reason> judge_connections(const ConnectionRoom& room, const ShardingSphereOptions& options,
                                        std::size_t tables) {
    const std::uint64_t needed = connections_needed(options, tables, room.is_source);
    if (room.used + needed <= room.most) return std::nullopt;
    return Reason{"shardingsphere.connections", room.server,
                  fmt::format("{} tables need about {} connections of the {}, of whose {} (max_connections) {} are in use",
                              tables, needed, room.server, room.most, room.used),
                  fmt::format("SET GLOBAL max_connections={}, or move the tables in several jobs", room.used + needed + 20)};
}

}  // namespace transload::shardingsphere

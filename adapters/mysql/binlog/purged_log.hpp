#pragma once
#include <optional>
#include <string>

#include "adapters/mysql/binlog/log_session.hpp"
#include "orchestrator/plan/error.hpp"

/// What a server no longer has of its log.
namespace transload::mysql::binlog {

/// The log behind `from` is asked for by GTIDs; else by file and offset, which is possible on the same server only.
[[nodiscard]] bool read_by_gtid(const LogServer& server, const Position& from, bool mariadb);

/// What the server has purged of what comes behind `from`, in words. nullopt: all of it is there, or it can't be told
/// (MariaDB, when `from` is another server's). Throws ServerError.
[[nodiscard]] std::optional<std::string> purged_behind(Connection& server, const Position& from);

/// Error{failed, "binlog.purged"}: final, since nobody has those changes any more. `cause` is how it was noticed.
[[nodiscard]] Error log_purged(const Endpoint& server, const std::string& lost, const std::string& cause);

}  // namespace transload::mysql::binlog

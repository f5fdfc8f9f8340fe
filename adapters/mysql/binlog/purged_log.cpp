#include "adapters/mysql/binlog/purged_log.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace transload::mysql::binlog {

bool read_by_gtid(const LogServer& server, const Position& from, bool mariadb) {
    return !from.gtids.empty() && server.gtids && from.mariadb == mariadb && (!mariadb || from.server != server.id);
}

std::optional<std::string> purged_behind(Connection& server, const Position& from) {
    const LogServer log = log_server(server);
    const bool mariadb = server.version().mariadb;
    if (read_by_gtid(log, from, mariadb) && !mariadb) {
        const GtidSet gone = GtidSet::parse(server.scalar("SELECT @@GLOBAL.gtid_purged").value_or("")).without(GtidSet::parse(from.gtids));
        if (gone.empty()) return std::nullopt;
        return "the transactions " + gone.text();
    }
    if (from.server != log.id) return std::nullopt;
    const Result logs = server.query("SHOW BINARY LOGS");
    if (std::any_of(logs.rows.begin(), logs.rows.end(), [&](const Row& row) { return row.at(0).value_or("") == from.file; }))
        return std::nullopt;
    return fmt::format("everything from {}:{} to the start of {}, the oldest file that is left", from.file, from.offset,
                       logs.rows.empty() ? "" : logs.rows.front().at(0).value_or(""));
}

Error log_purged(const Endpoint& server, const std::string& lost, const std::string& cause) {
    return Error(ErrorKind::failed, "binlog.purged", server.label(),
                 fmt::format("the server has purged changes that the job has not read: {} ({})", lost, cause),
                 "begin the job anew with --restart; raise binlog_expire_logs_seconds (expire_logs_days) before");
}

}  // namespace transload::mysql::binlog

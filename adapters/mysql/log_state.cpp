#include "adapters/mysql/log_state.hpp"

namespace transload::mysql {
namespace {

std::string without_line_breaks(std::string text) {
    std::erase(text, '\n');
    return text;
}

}  // namespace

LogState read_log_state(Connection& connection) {
    const ServerVersion& version = connection.version();
    const bool renamed = !version.mariadb && version.at_least(8, 4);
    LogState state;
    try {
        const Result status = connection.query(renamed ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS");
        if (status.rows.empty()) return state;
        const Row& row = status.rows.front();
        state.file = row.at(0).value_or("");
        state.offset = row.at(1).value_or("");
        if (version.mariadb)
            state.gtids = connection.scalar("SELECT @@GLOBAL.gtid_binlog_pos").value_or("");
        else if (connection.scalar("SELECT @@GLOBAL.gtid_mode") == "ON")  // else the set may stand still while the log goes on
            state.gtids = without_line_breaks(row[status.column("Executed_Gtid_Set")].value_or(""));
    } catch (const ServerError& error) {
        // No right to look (REPLICATION CLIENT) is not an error of who asks: the position is unknown then.
        if (error.connection_lost() || error.kind() == ErrorKind::transient) throw;
    }
    return state;
}

}  // namespace transload::mysql

#include "adapters/native/stream/write_session.hpp"

namespace transload::native {

std::unique_ptr<mysql::Connection> open_write_session(const Endpoint& to, bool log_bin, const std::string& group) {
    auto connection = std::make_unique<mysql::Connection>(
        to, mysql::ConnectOptions{.profile = mysql::SessionProfile::copy_write, .sql_log_bin = log_bin, .group = group});
    connection->execute(
        "SET SESSION autocommit = 0, SESSION unique_checks = 1, SESSION max_error_count = 65535");
    // Without locks on gaps parallel parts don't meet. With statements in the log InnoDB refuses that level.
    if (!log_bin || connection->scalar("SELECT @@binlog_format") == "ROW")
        connection->execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
    return connection;
}

}  // namespace transload::native

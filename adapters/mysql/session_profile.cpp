#include "adapters/mysql/session_profile.hpp"

namespace transload::mysql {

std::vector<std::string> session_statements(const ConnectOptions& options, const ServerVersion& version) {
    std::vector<std::string> statements;
    if (options.profile == SessionProfile::proxy) return statements;
    // init_connect and my.cnf may have set anything: say all that we rely on. A week of idling must be possible,
    // because a snapshot lives as long as its session.
    std::string set =
        "SET NAMES utf8mb4, SESSION time_zone = '+00:00', SESSION autocommit = 1, SESSION wait_timeout = 604800, "
        "SESSION net_read_timeout = 604800, SESSION net_write_timeout = 604800";
    set += version.mariadb ? ", SESSION max_statement_time = 0" : ", SESSION max_execution_time = 0";
    switch (options.profile) {
        case SessionProfile::proxy: break;
        case SessionProfile::general: set += ", SESSION sql_mode = ''"; break;
        case SessionProfile::copy_read: set += ", SESSION sql_mode = '', character_set_results = NULL"; break;
        case SessionProfile::copy_write:
            // Without unique_checks MariaDB fills an empty table in bulk: whoever reads a row of it meanwhile and the
            // writer wait for each other for ever, inside the server (10.11.19, at the first row).
            set += ", SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES', SESSION unique_checks = ";
            set += version.mariadb ? "1" : "0";
            set += ", SESSION foreign_key_checks = 0";
            break;
    }
    statements.push_back(set);
    if (!options.sql_log_bin) statements.emplace_back("SET SESSION sql_log_bin = 0");
    return statements;
}

}  // namespace transload::mysql

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "adapters/mysql/preflight/context.hpp"

/// Can the source's changes be followed, and for how long? Only matters for a cutover; a copy is told as
/// info.
namespace transload::mysql {
namespace {

bool log_is_on(Context& context) {
    return context.source.on("log_bin");
}

void look_at_binary_log(Context& context) {
    Server& source = context.source;
    if (!log_is_on(context)) {
        context.log.add("source.log_bin", context.if_following(), source.side(),
                        "the source has no binary log: it can be copied, not followed");
        return;
    }
    if (const std::string format = source.variable("binlog_format"); !format.empty() && format != "ROW")
        context.log.add("source.binlog_format", context.if_following(), source.side(),
                        fmt::format("binlog_format is {}, following needs ROW", format));
    if (const std::string image = source.variable("binlog_row_image"); !image.empty() && image != "FULL") {
        // MariaDB leaves out what REPLACE sets to its default: nobody can know it from the log then.
        const bool enough = context.native_follows() && !(source.mariadb() && image == "MINIMAL");
        context.log.add("source.binlog_row_image", enough ? Severity::info : context.if_following(), source.side(),
                        fmt::format("binlog_row_image is {}", image));
    }
    if (const std::string options = source.variable("binlog_row_value_options"); !options.empty())
        context.log.add("source.binlog_row_value_options", source.side(),
                        fmt::format("binlog_row_value_options is {}", options));
    if (source.on("binlog_transaction_compression"))
        context.log.add("source.binlog_transaction_compression", source.side(),
                        "transactions in the binary log are compressed");
    if (source.variable("server_id") == "0")
        context.log.add("source.server_id", context.if_following(), source.side(), "server_id is 0");
    if (!source.mariadb() && lower(source.variable("gtid_mode")) != "on")
        context.log.add(
            "source.gtid_mode", source.side(),
            fmt::format("gtid_mode is {}: positions are file and offset", source.variable("gtid_mode")));
}

bool may_see_status(const Server& server) {
    const Grants& grants = server.grants();
    return grants.everywhere("REPLICATION CLIENT") || grants.everywhere("BINLOG MONITOR") ||
           grants.everywhere("SUPER");
}

bool listed(const std::string& comma_separated, const std::string& name) {
    return ("," + comma_separated + ",").find("," + name + ",") != std::string::npos;
}

void look_at_filters(Context& context) {
    Server& source = context.source;
    if (!log_is_on(context) || !may_see_status(source)) return;
    const Result result =
        source.connection().query(source.mysql_from(8, 2) || source.mariadb_from(10, 5, 2)
                                      ? (source.mariadb() ? "SHOW BINLOG STATUS" : "SHOW BINARY LOG STATUS")
                                      : "SHOW MASTER STATUS");
    if (result.rows.empty()) return;
    const std::string only = result.rows[0].at(result.column("Binlog_Do_DB")).value_or("");
    const std::string without = result.rows[0].at(result.column("Binlog_Ignore_DB")).value_or("");
    if (only.empty() && without.empty()) return;
    const bool left_out = std::any_of(
        context.spec.databases.begin(), context.spec.databases.end(), [&](const DatabaseMapping& mapping) {
            return listed(without, mapping.source) || (!only.empty() && !listed(only, mapping.source));
        });
    context.log.add("source.binlog_filters",
                    context.cutover() && left_out ? Severity::error : Severity::warning, source.side(),
                    fmt::format("the binary log is filtered (only: {}; without: {})",
                                only.empty() ? "all" : only, without.empty() ? "none" : without));
}

void look_at_retention(Context& context) {
    Server& source = context.source;
    if (!log_is_on(context)) return;
    std::uint64_t seconds = source.number("binlog_expire_logs_seconds");
    if (seconds == 0) seconds = 86'400 * source.number("expire_logs_days");
    if (seconds == 0) return;  // kept for ever
    std::uint64_t bytes = 0;
    for (const TablePlan& plan : context.tables) bytes += plan.data_bytes + plan.index_bytes;
    constexpr std::uint64_t slow_copy_bytes_per_second = 10'000'000;
    const std::uint64_t needed = 3'600 + 2 * (bytes / slow_copy_bytes_per_second);
    if (seconds < needed)
        context.log.add(
            "source.binlog_retention", source.side(),
            fmt::format("binary logs are purged after {} s; copying may take {} s", seconds, needed));
}

void look_at_replication(Context& context) {
    Server& source = context.source;
    const bool slave_monitor =
        source.grants().everywhere("SLAVE MONITOR") || source.grants().everywhere("SUPER");
    if (source.mariadb_from(10, 5) ? !slave_monitor : !may_see_status(source)) {
        not_checked(context, source, "replication",
                    source.mariadb_from(10, 5) ? "SLAVE MONITOR" : "REPLICATION CLIENT");
        return;
    }
    const bool new_words = source.mysql_from(8, 0, 22) || source.mariadb_from(10, 5, 1);
    const Result result = source.connection().query(
        source.mariadb() ? "SHOW ALL SLAVES STATUS"
                         : (new_words ? "SHOW REPLICA STATUS" : "SHOW SLAVE STATUS"));
    const bool renamed = source.mysql_from(8, 0, 22);
    if (context.cutover() && !result.rows.empty()) {
        const bool logs = source.on("log_slave_updates") || source.on("log_replica_updates");
        context.log.add("source.replicates", logs ? Severity::warning : Severity::error, source.side(),
                        logs ? "the source is a replica: no write stop keeps away what it replicates"
                             : "the source is a replica and does not log what it replicates: it can't be followed",
                        logs ? "STOP REPLICA before the cutover, or follow the server that is written to"
                             : "set log_replica_updates (log_slave_updates) in its configuration and restart it");
    }
    for (const Row& row : result.rows) {
        const auto cell = [&](std::string_view name) { return row.at(result.column(name)).value_or(""); };
        const std::string io = cell(renamed ? "Replica_IO_Running" : "Slave_IO_Running");
        const std::string sql = cell(renamed ? "Replica_SQL_Running" : "Slave_SQL_Running");
        const Severity severity = context.cutover() ? Severity::error : Severity::warning;
        if (io != "Yes" || sql != "Yes") {
            context.log.add(
                "source.replica_stopped", severity, source.side(),
                fmt::format("the source is a replica that does not run (receiver {}, applier {})", io, sql));
            continue;
        }
        const std::string lag = cell(renamed ? "Seconds_Behind_Source" : "Seconds_Behind_Master");
        if (!lag.empty() && std::stoll(lag) * 1000 > context.spec.limits.replica_lag.count())
            context.log.add("source.replica_lag", severity, source.side(),
                            fmt::format("the source is a replica that lags {} s behind", lag));
    }
}

constexpr std::array checks{
    Check{"the source's binary log", look_at_binary_log},
    Check{"binary log filters", look_at_filters},
    Check{"binary log retention", look_at_retention},
    Check{"the source's own replication", look_at_replication},
};

}  // namespace

std::span<const Check> binlog_checks() {
    return checks;
}

}  // namespace transload::mysql

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "adapters/mysql/preflight/context.hpp"

/// Settings of each server by itself.
namespace transload::mysql {
namespace {

bool too_old(const Server& server) {
    return server.mariadb() ? !server.version().at_least(10, 5) : !server.version().at_least(5, 7);
}

void look_at_versions(Context& context) {
    Server& source = context.source;
    Server& target = context.target;
    if (too_old(source))
        context.log.add("source.version", source.side(),
                        fmt::format("the source is {}; at least MySQL 5.7 or MariaDB 10.5 is needed",
                                    source.version().display()));
    else if (source.mariadb() ? !source.version().at_least(10, 11) : !source.version().at_least(8, 0))
        context.log.add(
            "source.version", Severity::warning, source.side(),
            fmt::format("the source is {}, which Transload is not tested with", source.version().display()));
    if (too_old(target))
        context.log.add("target.version", target.side(),
                        fmt::format("the target is {}; at least MySQL 5.7 or MariaDB 10.5 is needed",
                                    target.version().display()));
    else if (!target.mariadb() && !target.version().at_least(8, 0))
        context.log.add(
            "target.version", Severity::warning, target.side(),
            fmt::format("the target is {}, which Transload is not tested with", target.version().display()));
}

void look_at_source_limits(Context& context) {
    Server& source = context.source;
    FindingsLog& log = context.log;
    if (const auto seconds = source.number("net_write_timeout"); seconds != 0 && seconds < 30)
        log.add("source.net_write_timeout", source.side(), fmt::format("net_write_timeout is {} s", seconds));
    if (const auto seconds = source.number("wait_timeout"); seconds != 0 && seconds < 60)
        log.add("source.wait_timeout", source.side(), fmt::format("wait_timeout is {} s", seconds));
    const std::string limit = source.variable(source.mariadb() ? "max_statement_time" : "max_execution_time");
    if (!limit.empty() && std::stod(limit) > 0)
        log.add("source.max_execution_time", source.side(),
                source.mariadb() ? fmt::format("max_statement_time is {} s", limit)
                                 : fmt::format("max_execution_time is {} ms", limit),
                source.mariadb() ? "SET GLOBAL max_statement_time=0" : "SET GLOBAL max_execution_time=0");
    if (source.on("offline_mode")) log.add("source.offline_mode", source.side(), "offline_mode is on");
}

/// The account's privileges let it write although read_only is on.
bool passes_read_only(const Server& server) {
    const Grants& grants = server.grants();
    if (server.mariadb())
        return grants.everywhere("READ_ONLY ADMIN") ||
               (!server.mariadb_from(10, 11) && grants.everywhere("SUPER"));
    return grants.everywhere("CONNECTION_ADMIN") || grants.everywhere("SUPER");
}

void look_whether_target_takes_writes(Context& context) {
    Server& target = context.target;
    FindingsLog& log = context.log;
    if (target.on("innodb_read_only"))
        log.add("target.read_only", target.side(), "innodb_read_only is on: InnoDB takes no writes",
                "restart the target without innodb_read_only, or choose another one");
    else if (target.on("super_read_only"))
        log.add("target.read_only", target.side(), "super_read_only is on: nobody may write",
                "SET GLOBAL super_read_only=OFF; SET GLOBAL read_only=OFF");
    else if (target.on("read_only"))
        log.add("target.read_only", passes_read_only(target) ? Severity::warning : Severity::error,
                target.side(),
                passes_read_only(target)
                    ? "read_only is on; the account's privileges pass it"
                    : fmt::format("read_only is on and {} may not pass it", target.account()),
                "SET GLOBAL read_only=OFF");
    if (target.on("transaction_read_only") || target.on("tx_read_only"))
        log.add("target.read_only", target.side(), "transactions are read-only by default",
                target.mariadb() ? "SET GLOBAL tx_read_only=OFF" : "SET GLOBAL transaction_read_only=OFF");
    if (const auto level = target.number("innodb_force_recovery"); level > 0)
        log.add("target.force_recovery", target.side(), fmt::format("innodb_force_recovery is {}", level));
    if (target.on("offline_mode")) log.add("target.offline_mode", target.side(), "offline_mode is on");
}

void look_at_target_limits(Context& context) {
    Server& target = context.target;
    FindingsLog& log = context.log;
    if (!target.on("local_infile"))
        log.add("target.local_infile", target.side(), "local_infile is off: rows are written by INSERT");
    if (const auto seconds = target.number("wait_timeout"); seconds != 0 && seconds < 60)
        log.add("target.wait_timeout", target.side(), fmt::format("wait_timeout is {} s", seconds));
    if (const auto seconds = target.number("net_read_timeout"); seconds != 0 && seconds < 30)
        log.add("target.net_read_timeout", target.side(), fmt::format("net_read_timeout is {} s", seconds));
    if (target.on("wsrep_on"))
        log.add("target.galera", target.side(), "the target is a node of a Galera cluster");
}

void look_at_replication_of_target(Context& context) {
    Server& target = context.target;
    FindingsLog& log = context.log;
    const Grants& grants = target.grants();
    if (target.on("log_bin") && context.spec.target_log_bin)
        log.add("target.binary_log", target.side(), "the target's binary log takes all loaded rows too");
    if (!context.spec.target_log_bin && grants.everywhere("PROCESS")) {
        const Result result = target.connection().query("SHOW PROCESSLIST");
        const std::size_t command = result.column("Command");
        const auto replicas = std::count_if(result.rows.begin(), result.rows.end(), [&](const Row& row) {
            return row.at(command).value_or("").starts_with("Binlog Dump");
        });
        if (replicas > 0)
            log.add("target.replicas", target.side(),
                    fmt::format("{} replica(s) follow the target and would not get the rows", replicas));
    }
    const bool may_see = target.mariadb_from(10, 5)
                             ? grants.everywhere("SLAVE MONITOR") || grants.everywhere("SUPER")
                             : grants.everywhere("REPLICATION CLIENT") || grants.everywhere("SUPER");
    if (!may_see) {
        not_checked(context, target, "replication",
                    target.mariadb_from(10, 5) ? "SLAVE MONITOR" : "REPLICATION CLIENT");
        return;
    }
    const Result result = target.connection().query(target.mariadb()              ? "SHOW ALL SLAVES STATUS"
                                                    : target.mysql_from(8, 0, 22) ? "SHOW REPLICA STATUS"
                                                                                  : "SHOW SLAVE STATUS");
    if (!result.rows.empty())
        log.add("target.is_replica", target.side(), "the target is a replica of another server",
                target.mysql_from(8, 0, 22) || target.mariadb()
                    ? "STOP REPLICA on the target, or choose another one"
                    : "STOP SLAVE on the target, or choose another one");
}

void look_at_encryption(Context& context) {
    const auto look = [&](Server& server, const Endpoint& endpoint, KindId id) {
        const bool loopback =
            endpoint.host == "localhost" || endpoint.host == "::1" || endpoint.host.starts_with("127.");
        if (!loopback && !server.connection().encrypted())
            context.log.add(id, endpoint.label(), "the session is not encrypted",
                            fmt::format("add tls=required to the {}'s URL", server.side()));
    };
    look(context.source, context.spec.source, "source.plain_text");
    look(context.target, context.spec.target, "target.plain_text");
}

constexpr std::array checks{
    Check{"versions", look_at_versions},
    Check{"limits of the source", look_at_source_limits},
    Check{"whether the target takes writes", look_whether_target_takes_writes},
    Check{"limits of the target", look_at_target_limits},
    Check{"replication of the target", look_at_replication_of_target},
    Check{"encryption of the sessions", look_at_encryption},
};

}  // namespace

std::span<const Check> server_checks() {
    return checks;
}

}  // namespace transload::mysql

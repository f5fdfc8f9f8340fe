#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "adapters/mysql/preflight/context.hpp"

/// What others do on the servers right now that would get in the way.
namespace transload::mysql {
namespace {

constexpr unsigned long_transaction_seconds = 60;

void find_long_transactions(Context& context, Server& server, KindId id) {
    if (!server.grants().everywhere("PROCESS")) {
        // Of the source source.privilege.process tells it.
        if (&server == &context.target) not_checked(context, server, "long transactions", "PROCESS");
        return;
    }
    const Result result = server.connection().query(
        // trx_started is in the server's own time zone, whatever the session's.
        fmt::format("SELECT trx_mysql_thread_id FROM information_schema.INNODB_TRX "
                    "WHERE trx_mysql_thread_id <> CONNECTION_ID() AND TIMESTAMPDIFF(SECOND, trx_started, "
                    "CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', 'SYSTEM')) >= {} ORDER BY trx_started",
                    long_transaction_seconds));
    if (result.rows.empty()) return;
    std::vector<std::string> sessions;
    std::string kills;
    for (const Row& row : result.rows) {
        // Session 0 is a prepared XA transaction without a session.
        if (row[0].value_or("0") == "0") continue;
        sessions.push_back(*row[0]);
        if (sessions.size() <= 5) kills += (kills.empty() ? "KILL " : "; KILL ") + *row[0];
    }
    if (sessions.empty()) return;
    context.log.add(id, server.side(),
                    fmt::format("{} transaction(s) are open for over {} s: session {}", sessions.size(),
                                long_transaction_seconds, enumerate(sessions)),
                    "let them end, or " + kills);
}

void find_long_transactions_of_both(Context& context) {
    find_long_transactions(context, context.source, "source.long_transactions");
    find_long_transactions(context, context.target, "target.long_transactions");
}

bool is_ddl(const std::string& statement) {
    const std::string start = lower(statement.substr(0, 20));
    constexpr std::array<std::string_view, 7> words{"alter ",    "create ",   "drop ",  "rename ",
                                                    "truncate ", "optimize ", "repair "};
    return std::any_of(words.begin(), words.end(), [&](auto word) { return start.starts_with(word); });
}

void find_running_ddl(Context& context) {
    Server& source = context.source;
    const Result result = source.connection().query("SHOW FULL PROCESSLIST");
    const std::size_t id = result.column("Id"), db = result.column("db"), info = result.column("Info");
    for (const Row& row : result.rows) {
        const std::string statement = row.at(info).value_or("");
        if (!is_ddl(statement)) continue;
        const std::string database = row.at(db).value_or("");
        const bool ours = std::any_of(context.spec.databases.begin(), context.spec.databases.end(),
                                      [&](const DatabaseMapping& mapping) {
                                          return mapping.source == database ||
                                                 statement.find(mapping.source) != std::string::npos;
                                      });
        if (ours)
            context.log.add(
                "source.running_ddl", database.empty() ? source.side() : database,
                fmt::format("session {} runs {} …", row.at(id).value_or("?"),
                            statement.substr(0, statement.find_first_of(" \t\n"))),
                fmt::format("wait until it has ended, or KILL QUERY {}", row.at(id).value_or("?")));
    }
}

void find_prepared_xa(Context& context, Server& server, KindId id) {
    if (server.mysql_from(8, 0) && !server.grants().everywhere("XA_RECOVER_ADMIN")) {
        not_checked(context, server, "prepared XA transactions", "XA_RECOVER_ADMIN");
        return;
    }
    const Result result = server.connection().query("XA RECOVER");
    if (result.rows.empty()) return;
    context.log.add(
        id, server.side(),
        fmt::format("{} XA transaction(s) are prepared and wait for a decision", result.rows.size()),
        "XA RECOVER; then XA COMMIT or XA ROLLBACK each");
}

void find_prepared_xa_of_both(Context& context) {
    find_prepared_xa(context, context.source, "source.prepared_xa");
    find_prepared_xa(context, context.target, "target.prepared_xa");
}

void find_leftovers(Context& context) {
    for (const TablePlan& plan : context.tables) {
        const std::string& name = plan.source.table;
        const bool ghost = name.starts_with("_") &&
                           (name.ends_with("_gho") || name.ends_with("_ghc") || name.ends_with("_del") ||
                            name.ends_with("_new") || name.ends_with("_old"));
        if (ghost)
            context.log.add(
                "source.leftovers", plan.source.display(),
                fmt::format("{} looks like the leftover of a schema change tool", plan.source.display()),
                fmt::format("DROP TABLE it when nothing uses it, or --exclude '{}'", name));
    }
    if (context.target.has_database("_transload"))
        context.log.add("target.leftovers", "_transload",
                        "Transload's schema _transload of earlier jobs exists");
}

void count_connections(Context& context, Server& server, KindId id, std::uint64_t needed) {
    const std::uint64_t most = server.number("max_connections");
    const std::uint64_t used = server.status("Threads_connected");
    if (most != 0 && used + needed > most)
        context.log.add(
            id, server.side(),
            fmt::format("{} sessions are open and the job takes up to {}; max_connections is {}", used,
                        needed, most),
            fmt::format("SET GLOBAL max_connections={}, or lower limits.workers", used + needed + 10));
    const std::uint64_t per_user = server.number("max_user_connections");
    if (per_user != 0 && needed > per_user)
        context.log.add(
            id, server.side(),
            fmt::format("the job takes up to {} sessions; max_user_connections is {}", needed, per_user),
            "raise the account's limit: ALTER USER … WITH MAX_USER_CONNECTIONS …, or lower limits.workers");
}

void count_connections_of_both(Context& context) {
    const std::uint64_t workers = context.spec.limits.workers;
    // Lanes, and a few for the catalogue, Liquibase and validation.
    count_connections(context, context.source, "source.connections", workers + 4);
    count_connections(context, context.target, "target.connections", workers + 4);
}

constexpr std::array checks{
    Check{"long transactions", find_long_transactions_of_both},
    Check{"running DDL", find_running_ddl},
    Check{"prepared XA transactions", find_prepared_xa_of_both},
    Check{"leftovers", find_leftovers},
    Check{"connections", count_connections_of_both},
};

}  // namespace

std::span<const Check> activity_checks() {
    return checks;
}

}  // namespace transload::mysql

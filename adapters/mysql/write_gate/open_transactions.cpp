#include "adapters/mysql/write_gate/open_transactions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/statement_text.hpp"

namespace transload::mysql {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// information_schema's picture of transactions is at most so old.
constexpr milliseconds look_again{110};
/// A transaction that began after the first look and has lasted so long is waited for as well.
constexpr milliseconds brief{500};
constexpr unsigned no_such_thread = 1094;

std::string described(const std::vector<OpenTransaction>& open) {
    std::string text;
    for (std::size_t i = 0; i < open.size() && i < 5; ++i) text += (i ? "; " : "") + open[i].display();
    return text + (open.size() > 5 ? fmt::format(" and {} more", open.size() - 5) : "");
}

[[noreturn]] void give_up(const Connection& connection, const std::vector<OpenTransaction>& open, std::string_view why) {
    throw Error(ErrorKind::transient, "cutover.open_transactions", connection.endpoint().label(),
                fmt::format("{} transaction(s) {}: {}", open.size(), why, described(open)),
                "let them end (session 0 is a prepared one: XA RECOVER, then XA COMMIT or XA ROLLBACK), raise "
                "cutover.transaction_limit, or have them killed (cutover.open_transactions: kill)");
}

void kill(Connection& connection, const std::vector<OpenTransaction>& open, RunControl& control) {
    for (const OpenTransaction& transaction : open) {
        if (transaction.thread == 0) continue;
        try {
            connection.execute("KILL " + std::to_string(transaction.thread));
        } catch (const ServerError& error) {
            if (error.connection_lost()) throw;
            if (error.code() == no_such_thread) continue;  // it has ended by itself
            throw Error(ErrorKind::failed, "cutover.can't_kill", connection.endpoint().label(),
                        fmt::format("{} can't be killed: {}", transaction.display(), error.message()),
                        "GRANT CONNECTION_ADMIN ON *.* to the account (MariaDB: CONNECTION ADMIN; before MySQL 8.0: SUPER)");
        }
        control.event(Severity::warning, "cutover", "source", "killed an open transaction: " + transaction.display());
    }
}

/// Knows since when each transaction has been seen, and so which of them are worth waiting for.
class Watchlist {
  public:
    [[nodiscard]] std::vector<OpenTransaction> pending(std::vector<OpenTransaction> open) {
        const auto now = Clock::now();
        std::map<Key, Clock::time_point> seen;
        std::erase_if(open, [&](const OpenTransaction& transaction) {
            const Key key{transaction.thread, transaction.started};
            const auto known = seen_.find(key);
            // Open at the first look counts as open for long.
            const auto since = known != seen_.end() ? known->second : (first_ ? Clock::time_point{} : now);
            seen.emplace(key, since);
            return now - since < brief && transaction.thread != 0;
        });
        seen_ = std::move(seen);
        first_ = false;
        return open;
    }

  private:
    using Key = std::pair<std::uint64_t, std::string>;
    std::map<Key, Clock::time_point> seen_;
    bool first_ = true;
};

}  // namespace

std::string OpenTransaction::display() const {
    return fmt::format("session {} ({}, {} s, {})", thread, user.empty() ? "user unknown" : user, age_seconds,
                       statement.empty() ? "no statement running" : statement);
}

std::vector<OpenTransaction> open_transactions(Connection& connection, const std::set<std::string>& users) {
    // trx_started is in the server's own time zone, whatever the session's.
    const Result result = connection.query(
        "SELECT t.trx_mysql_thread_id, p.USER, t.trx_started, TIMESTAMPDIFF(SECOND, t.trx_started, "
        "CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', 'SYSTEM')), COALESCE(t.trx_query, p.INFO) "
        "FROM information_schema.INNODB_TRX t LEFT JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id "
        "WHERE t.trx_mysql_thread_id <> CONNECTION_ID() AND (t.trx_rows_modified > 0 OR t.trx_rows_locked > 0 OR "
        "t.trx_tables_locked > 0 OR t.trx_lock_structs > 0) ORDER BY t.trx_started");
    std::vector<OpenTransaction> open;
    for (const Row& row : result.rows) {
        OpenTransaction transaction;
        transaction.thread = std::stoull(row[0].value_or("0"));
        transaction.user = row[1].value_or("");
        transaction.started = row[2].value_or("");
        transaction.age_seconds = std::max(0LL, std::stoll(row[3].value_or("0")));
        transaction.statement = without_values(row[4].value_or(""));
        // Of a session that has just ended, and of a prepared transaction, the user is not known.
        if (users.empty() || transaction.user.empty() || users.contains(transaction.user))
            open.push_back(std::move(transaction));
    }
    return open;
}

void settle_open_transactions(Connection& connection, const JobSpec& spec, RunControl& control,
                              const std::set<std::string>& users) {
    const auto begin = Clock::now();
    const auto patience = begin + spec.cutover.transaction_limit;
    const auto end = std::max(patience, begin + spec.cutover.timeout);
    Watchlist watchlist;
    bool told = false, killed = false;
    while (true) {
        std::vector<OpenTransaction> pending;
        try {
            pending = watchlist.pending(open_transactions(connection, users));
        } catch (const ServerError& error) {
            if (error.connection_lost() || error.kind() == ErrorKind::transient) throw;
            control.event(Severity::warning, "cutover", "source",
                          "open transactions can't be seen and are not waited for: " + error.message() +
                              "; GRANT PROCESS ON *.* to the account");
            return;
        }
        if (pending.empty()) return;
        if (Clock::now() >= patience) {
            if (spec.cutover.open_transactions == OpenTransactions::wait)
                give_up(connection, pending, fmt::format("stayed open for {} ms", spec.cutover.transaction_limit.count()));
            if (Clock::now() >= end && killed) give_up(connection, pending, "were killed and are still there");
            if (std::all_of(pending.begin(), pending.end(), [](const auto& one) { return one.thread == 0; }))
                give_up(connection, pending, "are prepared and can't be killed");
            kill(connection, pending, control);
            killed = true;
        } else if (!told) {
            control.event(Severity::info, "cutover", "source",
                          fmt::format("waiting for {} open transaction(s): {}", pending.size(), described(pending)));
            told = true;
        }
        control.sleep(look_again);
    }
}

}  // namespace transload::mysql

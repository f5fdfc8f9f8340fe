#include "adapters/native/stream/stream_store.hpp"

#include <fmt/format.h>

#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/schema_lock.hpp"
#include "adapters/native/checkpoint/checkpoint_schema.hpp"
#include "adapters/native/stream/ledger.hpp"
#include "adapters/native/stream/stream_schema.hpp"

namespace transload::native {
namespace {

using mysql::quote_text;

constexpr unsigned no_such_table = 1146;
constexpr unsigned unknown_database = 1049;

bool is_absence(const mysql::ServerError& error) {
    return error.code() == no_such_table || error.code() == unknown_database;
}

constexpr std::chrono::seconds lock_limit{30};
constexpr const char* locked = "native.checkpoint_locked";

/// The lock must be held, until a row keeps the tables from being dropped.
void create_tables(mysql::Connection& connection) {
    // CREATE … IF NOT EXISTS is logged, and refused by read-only servers, even when there is nothing to create.
    const auto present = connection.scalar(
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '_transload' AND table_name IN "
        "('stream_format', 'stream_state', 'stream_parts')");
    if (present != "3") {
        if (!connection.scalar("SELECT 1 FROM information_schema.schemata WHERE schema_name = " +
                               quote_text(checkpoint_database)))
            connection.execute(create_checkpoint_database);
        for (const std::string_view statement : create_stream_tables) connection.execute(statement);
    }
    if (!connection.scalar("SELECT 1 FROM `_transload`.stream_format LIMIT 1"))
        connection.execute(fmt::format("INSERT INTO `_transload`.stream_format VALUES ({})", stream_version));
    const auto found = connection.scalar("SELECT MAX(version) FROM `_transload`.stream_format");
    if (found != std::to_string(stream_version))
        throw Error(ErrorKind::failed, "native.checkpoint_version", std::string(checkpoint_database),
                    fmt::format("the stream's tables on {} have version {}, this program writes {}",
                                connection.endpoint().label(), found.value_or("?"), stream_version),
                    "finish the jobs with the program that began them, then drop the stream_ tables in _transload");
}

}  // namespace

StreamStore::StreamStore(const Endpoint& to, JobId id, StreamDirection direction, bool log_bin)
    : id_(std::move(id)), direction_(direction), connection_(to, mysql::ConnectOptions{.sql_log_bin = log_bin}) {}

void StreamStore::begin(const mysql::binlog::Position& start) {
    const mysql::SchemaLock lock(connection_, lock_limit, locked);
    create_tables(connection_);
    if (begun()) return;
    const Ledger ledger(id_, direction_);
    // Two callers may get here: the second leaves what the first has written.
    connection_.execute(fmt::format(
        "INSERT INTO `_transload`.stream_state (job_id, direction, applied) SELECT {}, {} FROM (SELECT 1) AS one WHERE "
        "NOT EXISTS (SELECT 1 FROM `_transload`.stream_state WHERE {})",
        ledger.values(), quote_text(start.text()), ledger.row()));
}

void StreamStore::move_to(const mysql::binlog::Position& position) {
    const Ledger ledger(id_, direction_);
    // A group that was half applied is part of it.
    connection_.execute("START TRANSACTION");
    connection_.execute("DELETE FROM `_transload`.stream_parts WHERE " + ledger.row());
    connection_.execute(fmt::format(
        "UPDATE `_transload`.stream_state SET applied = {}, group_no = group_no + 1, pending_end = NULL, pending_parts = 0, "
        "statement = NULL WHERE {}",
        quote_text(position.text()), ledger.row()));
    connection_.execute("COMMIT");
}

bool StreamStore::begun() {
    try {
        return connection_
            .scalar("SELECT 1 FROM `_transload`.stream_state WHERE " + Ledger(id_, direction_).row())
            .has_value();
    } catch (const mysql::ServerError& error) {
        if (!is_absence(error)) throw;
        return false;
    }
}

std::optional<StreamStore::State> StreamStore::load() {
    try {
        const mysql::Result result = connection_.query(
            "SELECT applied, row_changes, transactions FROM `_transload`.stream_state WHERE " +
            Ledger(id_, direction_).row());
        if (result.rows.empty()) return std::nullopt;
        const mysql::Row& row = result.rows.front();
        return State{mysql::binlog::Position::parse(row[0].value_or("")), std::stoull(row[1].value_or("0")),
                     std::stoull(row[2].value_or("0"))};
    } catch (const mysql::ServerError& error) {
        if (!is_absence(error)) throw;
        return std::nullopt;
    }
}

void StreamStore::forget() {
    const mysql::SchemaLock lock(connection_, lock_limit, locked);
    const Ledger ledger(id_, direction_);
    try {
        connection_.execute("DELETE FROM `_transload`.stream_parts WHERE " + ledger.row());
        connection_.execute("DELETE FROM `_transload`.stream_state WHERE " + ledger.row());
        if (!connection_.scalar("SELECT 1 FROM `_transload`.stream_state LIMIT 1"))
            connection_.execute(
                "DROP TABLE `_transload`.stream_parts, `_transload`.stream_state, `_transload`.stream_format");
    } catch (const mysql::ServerError& error) {
        if (!is_absence(error)) throw;
    }
    const auto left = connection_.scalar(
        "SELECT (SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '_transload') + "
        "(SELECT COUNT(*) FROM information_schema.routines WHERE routine_schema = '_transload')");
    if (left == "0") connection_.execute("DROP DATABASE IF EXISTS `_transload`");
}

}  // namespace transload::native

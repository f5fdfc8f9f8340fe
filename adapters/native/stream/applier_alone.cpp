// What is applied alone, with nothing else under way: transactions in pieces, and statements.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/session_group.hpp"
#include "adapters/native/stream/applier.hpp"
#include "adapters/native/stream/checked_batch.hpp"
#include "adapters/native/stream/named_point.hpp"
#include "adapters/native/stream/write_session.hpp"
#include "orchestrator/ports/data_engine.hpp"

namespace transload::native {
namespace {

using mysql::binlog::covers;
using mysql::binlog::Piece;
using mysql::binlog::Position;

/// Answers that a definition gets which was carried out before: exists already, unknown, can't drop, duplicate name.
constexpr std::array<unsigned, 14> done_before{1007, 1008, 1049, 1050, 1051, 1054, 1060, 1061, 1068, 1091, 1146, 1359, 1826, 3822};

}  // namespace

void Applier::rewind() {
    queue_.restart(applied_);
    consumed_ = applied_;
    new_group();
}

LogItem Applier::wait_for_item() {
    const std::stop_token stop = stop_.get_token();
    while (true) {
        const std::uint64_t seen = signal_.count();
        if (auto item = queue_.pop()) return std::move(*item);
        rethrow_at_end();
        signal_.wait(seen, std::chrono::milliseconds(500), stop);
        if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
    }
}

void Applier::apply_big() {
    try {
        apply_pieces();
        big_attempts_ = 0;
        big_careful_ = false;
    } catch (const Error& error) {
        if (error.id() == CheckedBatch::look_closer && !big_careful_)
            big_careful_ = true;
        else
            wait_or_rethrow(error, setup_.retry, big_attempts_++, stop_.get_token());
        rewind();
    }
}

void Applier::apply_pieces() {
    const auto connection = open_write_session(setup_.to, setup_.to_log_bin, mysql::session_group(setup_.id));
    const mysql::Interrupter::Watch watch(interrupter_, *connection);
    // Where it ends isn't known yet; that the number is taken keeps others away.
    Ledger::Step step = next_step(applied_);
    if (!ledger_.take(*connection, step)) throw stream_taken(setup_.to);
    std::uint64_t changes = 0;
    while (true) {
        LogItem item = wait_for_item();
        if (item.torn) return;  // it comes again from its beginning; the session takes the transaction with it
        if (!item.piece) continue;
        Piece& piece = *item.piece;
        {
            const std::lock_guard lock(mutex_);
            counts_.busy = true;
            work_oldest_us_ = piece.committed_us;
        }
        if (!piece.rolled_back && !piece.changes.empty()) {
            throttle_.pass(piece.changes.size(), piece.log_bytes, stop_.get_token());
            NetChanges net(setup_.tables, context_->shapes);
            fold(std::move(piece), net);
            const auto parts = split(net, setup_.tables, context_->shapes, 1);
            if (!parts.front().empty()) write_part(*connection, *context_, parts.front(), big_careful_);
            if (touched_.remembering()) touched_.add(net);
            changes += net.changes();
            named_point("piece.written");
            const std::lock_guard lock(mutex_);
            rows_meter_.add(net.changes(), Clock::now());
            bytes_meter_.add(item.piece->log_bytes, Clock::now());
        }
        if (!item.piece->last) continue;
        const bool rolled_back = item.piece->rolled_back;
        if (!rolled_back) {
            std::optional<Position> goal;
            {
                const std::lock_guard lock(mutex_);
                goal = advance_;
            }
            if (goal && !covers(*goal, item.piece->stamp)) {
                rewind();
                big_is_beyond_ = true;
                return;
            }
            commit_big(*connection, item, changes);
        }
        consumed_ = item.after;
        set_applied(consumed_);
        const std::lock_guard lock(mutex_);
        counts_.busy = false;
        work_oldest_us_ = 0;
        return;
    }
}

void Applier::commit_big(mysql::Connection& connection, const LogItem& last, std::uint64_t changes) {
    Ledger::Step step = next_step(last.after);
    step.row_changes += changes;
    step.transactions += 1;
    ledger_.amend(connection, step);
    named_point("part.written");
    try {
        connection.commit();
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::in_doubt && error.kind() != ErrorKind::transient) throw;
        bool done = false;
        with_session([&](mysql::Connection& other) { done = ledger_.taken(other, step); });
        if (!done) throw;
    }
    group_ = step.group;
    unsettled_ = false;
    stored_ = last.after;
    stored_at_ = Clock::now();
    const std::lock_guard lock(mutex_);
    counts_.row_changes += changes;
    ++counts_.transactions;
    ++counts_.groups;
}

void Applier::apply_statement(LogItem&& item) {
    const auto& statement = *item.piece->statement;
    if (statement.kind == mysql::binlog::Statement::Kind::truncate && statement.table) {
        truncate(item);
    } else if (setup_.ddl == DdlPolicy::stop) {
        throw Error(ErrorKind::failed, "native.ddl", statement.object,
                    fmt::format("a definition was changed while the job runs, behind {}: {}", applied_.display(),
                                mysql::comment_text(statement.sql.substr(0, 500))),
                    "go on with the same command and --ddl apply, which runs it on the target; or make the change there yourself and "
                    "go on with --ddl ignore; or begin anew with --restart");
    } else if (setup_.ddl == DdlPolicy::ignore) {
        control_.event(Severity::warning, "data.stream", statement.object,
                       "ignored at " + item.after.display() + ": " + mysql::comment_text(statement.sql.substr(0, 500)));
    } else {
        run_definition(item);
    }
    consumed_ = item.after;
    set_applied(consumed_);
}

void Applier::truncate(const LogItem& item) {
    const std::uint32_t table = *item.piece->statement->table;
    const std::string reach = filter_->reach(table, item.piece->stamp, true);
    Ledger::Step step = next_step(item.after);
    ++step.transactions;
    for (unsigned tried = 0;; ++tried) {
        try {
            const auto connection = open_write_session(setup_.to, setup_.to_log_bin, mysql::session_group(setup_.id));
            const mysql::Interrupter::Watch watch(interrupter_, *connection);
            if (ledger_.take(*connection, step)) {
                if (reach != "FALSE")
                    connection->execute("DELETE FROM " + mysql::quote_name(setup_.tables[table].target) +
                                        (reach.empty() ? "" : " WHERE " + reach));
                named_point("part.written");
                connection->commit();
            } else if (!ledger_.taken(*connection, step)) {
                throw stream_taken(setup_.to);
            }
            break;
        } catch (const Error& error) {
            wait_or_rethrow(error, setup_.retry, tried, stop_.get_token());
        }
    }
    touched_.add_whole(table);
    group_ = step.group;
    unsettled_ = false;
    stored_ = item.after;
    stored_at_ = Clock::now();
    const std::lock_guard lock(mutex_);
    ++counts_.transactions;
    ++counts_.groups;
}

namespace {

/// The target's table has the columns of the plan, in their order.
bool has_columns_of(mysql::Connection& connection, const TablePlan& plan) {
    const mysql::Result found = connection.query(
        "SELECT column_name, column_type FROM information_schema.columns WHERE table_schema = " +
        mysql::quote_text(plan.target.database) + " AND table_name = " + mysql::quote_text(plan.target.table) +
        " ORDER BY ordinal_position");
    std::vector<std::string> names;
    for (const Column& column : plan.columns)
        if (!column.left_out) names.push_back(column.on_target());
    if (found.rows.size() != names.size()) return false;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (found.rows[i].at(0) != names[i]) return false;
    return true;
}

}  // namespace

void Applier::run_definition(const LogItem& item) {
    const auto& statement = *item.piece->statement;
    if (!statement.table)
        throw Error(ErrorKind::failed, "native.ddl", statement.object,
                    "a table was made while the job runs, and a table that the job did not begin with is not followed: " +
                        mysql::comment_text(statement.sql.substr(0, 500)),
                    "go on with --ddl ignore, which leaves it behind, and move it in a job of its own; or begin anew with "
                    "--restart");
    std::string database = statement.database;
    bool renamed = false;
    for (const TablePlan& plan : setup_.tables) {
        if (plan.source.database == statement.database) database = plan.target.database;
        const bool concerned = statement.object == plan.source.display() || plan.source.database == statement.database;
        renamed = renamed || (concerned && plan.source.table != plan.target.table &&
                              statement.object == plan.source.display());
        renamed = renamed || (plan.source.database != plan.target.database &&
                              statement.sql.find(plan.source.database) != std::string::npos);
    }
    if (renamed)
        throw Error(ErrorKind::failed, "native.ddl", statement.object,
                    "the statement can't be run on the target because names differ there: " +
                        mysql::comment_text(statement.sql.substr(0, 500)),
                    "begin the job anew with --restart; or make the change on the target, set follow.ddl to ignore, "
                    "resume the job");
    const std::string position = item.after.text();
    const bool maybe_done = begun_statement_ == position;
    with_session([&](mysql::Connection& connection) { ledger_.set_statement(connection, position); });
    begun_statement_.clear();
    named_point("statement.begun");
    for (unsigned tried = 0;; ++tried) {
        try {
            mysql::Connection connection(setup_.to, {.database = database, .sql_log_bin = setup_.to_log_bin});
            const mysql::Interrupter::Watch watch(interrupter_, connection);
            connection.execute("SET SESSION foreign_key_checks = 0");
            if (!statement.sql_mode_and_charset.empty()) connection.execute(statement.sql_mode_and_charset);
            connection.execute(statement.sql);
            break;
        } catch (const mysql::ServerError& error) {
            const bool known = std::find(done_before.begin(), done_before.end(), error.code()) != done_before.end();
            if (known && (maybe_done || tried != 0)) {
                control_.event(Severity::warning, "data.stream", statement.object,
                               "the statement may have been run before the stream was interrupted, and was passed over: " +
                                   error.message());
                break;
            }
            wait_or_rethrow(error, setup_.retry, tried, stop_.get_token());
        }
    }
    named_point("statement.done");
    control_.event(Severity::info, "data.stream", statement.object,
                   "run on the target: " + mysql::comment_text(statement.sql.substr(0, 500)));
    Ledger::Step step = next_step(item.after);
    take_step(step);
    stored_ = item.after;
    stored_at_ = Clock::now();
    with_session([&](mysql::Connection& connection) { refresh_shapes(connection); });
    new_group();
    touched_.lose();
    const TablePlan& plan = setup_.tables.at(*statement.table);
    bool same = false;
    with_session([&](mysql::Connection& connection) { same = has_columns_of(connection, plan); });
    if (same) return;
    throw Error(ErrorKind::transient, definition_applied, plan.source.display(),
                "the table's columns were changed on the target as on the source", "none: the job reads them anew");
}

}  // namespace transload::native

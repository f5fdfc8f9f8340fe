#include "adapters/native/snapshot/stale_chunks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>

#include "adapters/mysql/column_kind.hpp"
#include "adapters/mysql/json_types.hpp"
#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/row_codec.hpp"
#include "adapters/mysql/session_group.hpp"
#include "orchestrator/plan/target_side.hpp"

namespace transload::native {
namespace {

/// A row as one binary string that differs whenever a value differs: NULLs and lengths first, then the
/// values. Long values are hashed one by one, since a server's strings end at max_allowed_packet.
std::string row_text(const TablePlan& side, bool json_types) {
    std::string nulls, lengths, values;
    for (const std::size_t index : mysql::writable_columns(side)) {
        const Column& column = side.columns[index];
        std::string bytes = mysql::read_expression(column);
        const bool json = mysql::column_kind(column) == mysql::ColumnKind::json;
        if (json) bytes = "CAST(" + bytes + " AS CHAR CHARACTER SET utf8mb4)";
        // MySQL 9 cuts the text of an expression of type DOUBLE short; inside JSON it is whole.
        if (mysql::column_kind(column) == mysql::ColumnKind::real && json_types)
            bytes = "CAST(JSON_ARRAY(" + bytes + ") AS CHAR CHARACTER SET utf8mb4)";
        if (json && json_types) values += ", " + mysql::json_type_trace(mysql::quote_name(column.name));
        bytes = "CAST(" + bytes + " AS BINARY)";
        const bool can_be_long = column.data_type.ends_with("blob") || column.data_type.ends_with("text") ||
                                 column.data_type == "json" ||
                                 (mysql::column_kind(column) == mysql::ColumnKind::binary &&
                                  !column.data_type.ends_with("binary"));
        if (can_be_long) bytes = "SHA2(" + bytes + ", 256)";
        nulls += ", " + bytes + " IS NULL";
        lengths += ", LENGTH(" + bytes + ")";
        values += ", " + bytes;
    }
    return "CONCAT_WS('#'" + nulls + lengths + values + ")";
}

/// `side`: the plan as the server that is asked has the table.
std::string digest_query(const TablePlan& side, const mysql::KeyRange& range, bool json_types) {
    return fmt::format(
        "SELECT COUNT(*), BIT_XOR(CAST(CONV(LEFT(SHA2({0}, 256), 16), 16, 10) AS UNSIGNED)), SUM(CRC32({0})) "
        "FROM {1} "
        "WHERE {2}",
        row_text(side, json_types), mysql::quote_name(side.source), mysql::range_predicate(side, range));
}

struct Task {
    std::size_t table;
    const DoneChunk* chunk;
};

/// `there`: the target's side of the plan.
void remove(mysql::Connection& target, const CheckpointStore& store, const TablePlan& there, unsigned table,
            const DoneChunk& chunk, bool transactional) {
    target.execute("START TRANSACTION");
    target.execute(store.unmark_statement(table, chunk.number));
    // Without transactions the rows are deleted when the range is loaded again: never a mark without its
    // rows.
    if (transactional)
        target.execute("DELETE FROM " + mysql::quote_name(there.source) + " WHERE " +
                       mysql::range_predicate(there, chunk.range));
    target.commit();
}

}  // namespace

StaleOutcome settle_stale_chunks(const DataJob& job, CheckpointStore& store, mysql::ConsistentView& view,
                                 unsigned view_number, const std::vector<unsigned>& views_of_this_position,
                                 std::vector<TableCheckpoint>& checkpoints,
                                 const std::vector<TableState>& states, const std::vector<bool>& of_tables,
                                 Interrupter& interrupter,
                                 RunState& run) {
    const auto is_current = [&](const DoneChunk& chunk) {
        return std::find(views_of_this_position.begin(), views_of_this_position.end(), chunk.view) !=
               views_of_this_position.end();
    };
    std::vector<Task> tasks;
    for (std::size_t table = 0; table < checkpoints.size(); ++table)
        for (const DoneChunk& chunk : checkpoints[table].chunks)
            if (of_tables[table] && !is_current(chunk)) tasks.push_back({table, &chunk});
    StaleOutcome outcome{tasks.size(), 0};
    if (tasks.empty()) return outcome;

    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::vector<Task> equal, different;
    const auto body = [&] {
        mysql::ConsistentView::Lease source = view.borrow();
        mysql::Connection target(job.spec.target,
                                 mysql::ConnectOptions{.profile = mysql::SessionProfile::copy_read,
                                                       .sql_log_bin = job.spec.target_log_bin,
                                                   .group = mysql::session_group(job.id)});
        target.execute("SET SESSION foreign_key_checks = 0");
        const Interrupter::Watch watch_source(interrupter, *source);
        const Interrupter::Watch watch_target(interrupter, target);
        try {
            for (std::size_t i = next++; i < tasks.size() && !run.stop().stop_requested(); i = next++) {
                const TablePlan& plan = job.tables[tasks[i].table];
                const TablePlan target_plan = target_side(plan);
                const bool json_types =
                    mysql::has_json_types(source->version()) && mysql::has_json_types(target.version());
                const auto here = source->query(digest_query(plan, tasks[i].chunk->range, json_types));
                const auto there = target.query(digest_query(target_plan, tasks[i].chunk->range, json_types));
                const bool same = here.rows == there.rows;
                if (!same)
                    remove(target, store, target_plan, checkpoints[tasks[i].table].number, *tasks[i].chunk,
                           states[tasks[i].table].transactional);
                const std::lock_guard lock(mutex);
                (same ? equal : different).push_back(tasks[i]);
            }
        } catch (const mysql::ServerError& error) {
            if (error.connection_lost() && !source->ping()) {
                source.broken();
                throw Error(ErrorKind::transient, "view.lost", job.spec.source.label(), error.message(),
                            error.remedy());
            }
            throw;
        }
    };
    run_threads(
        run, std::vector<std::function<void()>>(std::min<std::size_t>(view.sessions(), tasks.size()), body));
    run.rethrow();
    if (run.stop().stop_requested())
        throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");

    std::vector<std::vector<unsigned>> moved(checkpoints.size());
    for (const Task& task : equal) moved[task.table].push_back(task.chunk->number);
    for (std::size_t table = 0; table < moved.size(); ++table)
        if (!moved[table].empty()) store.move_to_view(checkpoints[table].number, moved[table], view_number);
    std::vector<std::vector<unsigned>> gone(checkpoints.size());
    for (const Task& task : different) gone[task.table].push_back(task.chunk->number);
    for (std::size_t table = 0; table < gone.size(); ++table) {
        std::sort(gone[table].begin(), gone[table].end());
        std::erase_if(checkpoints[table].chunks, [&](const DoneChunk& chunk) {
            return std::binary_search(gone[table].begin(), gone[table].end(), chunk.number);
        });
    }
    outcome.removed = different.size();
    return outcome;
}

}  // namespace transload::native

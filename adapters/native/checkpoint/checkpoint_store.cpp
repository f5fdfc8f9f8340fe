#include "adapters/native/checkpoint/checkpoint_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/schema_lock.hpp"
#include "adapters/native/checkpoint/checkpoint_schema.hpp"
#include "adapters/native/checkpoint/gaps.hpp"

namespace transload::native {
namespace {

using mysql::quote_text;

std::uint64_t number(const mysql::Value& value) {
    return value ? std::stoull(*value) : 0;
}
unsigned small_number(const mysql::Value& value) {
    return static_cast<unsigned>(number(value));
}

std::optional<mysql::KeyValue> bound(const mysql::Value& encoded) {
    if (!encoded) return std::nullopt;
    return mysql::decode_key(*encoded);
}

std::optional<mysql::binlog::Position> log_position(const mysql::Value& text) {
    if (!text) return std::nullopt;
    return mysql::binlog::Position::parse(*text);
}

std::string bound_literal(const std::optional<mysql::KeyValue>& key) {
    return key ? quote_text(mysql::encode_key(*key)) : "NULL";
}

Error definition_changed(const TablePlan& plan) {
    return Error(ErrorKind::failed, "native.definition_changed", plan.source.display(),
                 "the table is not the one that this job began to copy: its definition on the source or its "
                 "place on the target changed since",
                 "begin anew with --restart, or undo the change; when its rows are copied a job that follows goes on with "
                 "--ddl apply or ignore");
}

constexpr unsigned no_such_table = 1146;
constexpr unsigned unknown_database = 1049;

constexpr std::chrono::seconds lock_limit{30};
constexpr const char* locked = "native.checkpoint_locked";

}  // namespace

CheckpointStore::CheckpointStore(const DataJob& job)
    : job_(job),
      connection_(job.spec.target, mysql::ConnectOptions{.sql_log_bin = job.spec.target_log_bin}) {}

mysql::Connection& CheckpointStore::connection() {
    if (!connection_.ping()) connection_.reconnect();
    return connection_;
}

std::string CheckpointStore::job_literal() const {
    return quote_text(job_.id.str());
}

void CheckpointStore::create_tables() {
    const mysql::SchemaLock lock(connection(), lock_limit, locked);  // below, a new session would go on without it
    const bool present = connection_
                             .scalar("SELECT 1 FROM information_schema.schemata WHERE schema_name = " +
                                     quote_text(checkpoint_database))
                             .has_value();
    if (!present) connection_.execute(create_checkpoint_database);
    for (const std::string_view statement : create_checkpoint_tables) connection_.execute(statement);
    connection_.execute(
        fmt::format("INSERT INTO `_transload`.copy_format SELECT {} FROM (SELECT 1) AS one WHERE NOT "
                    "EXISTS (SELECT 1 FROM `_transload`.copy_format)",
                    checkpoint_version));
    const auto found = connection_.scalar("SELECT MAX(version) FROM `_transload`.copy_format");
    if (found != std::to_string(checkpoint_version))
        throw Error(
            ErrorKind::failed, "native.checkpoint_version", std::string(checkpoint_database),
            fmt::format("the checkpoint tables on the target have version {}, this program writes {}",
                        found.value_or("?"), checkpoint_version),
            "finish the jobs with the program that began them, then drop the copy_ tables in _transload");
    // Under the lock: the last job's end drops tables in which no job is.
    connection_.execute(fmt::format("INSERT IGNORE INTO `_transload`.copy_jobs (job_id, source) VALUES ({}, {})",
                                    job_literal(), quote_text(job_.spec.source.label())));
}

void CheckpointStore::record_tables() {
    std::map<std::pair<std::string, std::string>, mysql::Row> known;
    std::vector<const TablePlan*> redefined;
    unsigned next = 1;
    for (auto& row : connection()
                         .query("SELECT source_database, source_table, definition_digest, target_database, "
                                "target_table, table_no "
                                "FROM `_transload`.copy_tables WHERE job_id = " +
                                job_literal())
                         .rows) {
        next = std::max(next, small_number(row[5]) + 1);
        known.emplace(std::pair{*row[0], *row[1]}, std::move(row));
    }
    std::string values;
    const auto flush = [&] {
        if (!values.empty())
            connection().execute(
                "INSERT INTO `_transload`.copy_tables (job_id, table_no, source_database, "
                "source_table, target_database, target_table, definition_digest) VALUES " +
                values);
        values.clear();
    };
    for (const TablePlan& plan : job_.tables) {
        const auto found = known.find({plan.source.database, plan.source.table});
        if (found == known.end()) {
            if (!values.empty()) values += ", ";
            values += fmt::format("({}, {}, {}, {}, {}, {}, {})", job_literal(), next++,
                                  quote_text(plan.source.database), quote_text(plan.source.table),
                                  quote_text(plan.target.database), quote_text(plan.target.table),
                                  quote_text(plan.definition_digest));
            if (values.size() > 256U << 10) flush();
            continue;
        }
        const mysql::Row& row = found->second;
        if (row[3] != plan.target.database || row[4] != plan.target.table) throw definition_changed(plan);
        if (row[2] != plan.definition_digest) redefined.push_back(&plan);
    }
    flush();
    take_new_definitions(redefined);
}

/// With the policies `apply` and `ignore` the stream gets over a changed definition, and so does the next process. Rows
/// that are still to be copied would be others than those that are there.
void CheckpointStore::take_new_definitions(const std::vector<const TablePlan*>& redefined) {
    if (redefined.empty()) return;
    const bool followed = job_.spec.cutover.mode != CutoverMode::none && job_.spec.follow.ddl != DdlPolicy::stop;
    if (!followed) throw definition_changed(*redefined.front());
    const std::vector<TableCheckpoint> tables = load_tables();
    // Where nothing is missing the order of keys does not matter.
    const KeySorter unsorted = [](const std::vector<mysql::KeyValue>& keys) {
        std::vector<std::size_t> order(keys.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        return order;
    };
    for (const TablePlan* plan : redefined) {
        const TableCheckpoint& table = tables[static_cast<std::size_t>(plan - job_.tables.data())];
        if (table.chunks.empty() || !gaps(table.chunks, unsorted).empty()) throw definition_changed(*plan);
        connection().execute(fmt::format("UPDATE `_transload`.copy_tables SET definition_digest = {} WHERE job_id = {} AND table_no = {}",
                                         quote_text(plan->definition_digest), job_literal(), table.number));
    }
}

void CheckpointStore::open_job() {
    create_tables();
    record_tables();
}

std::vector<TableCheckpoint> CheckpointStore::load_tables() {
    std::map<std::pair<std::string, std::string>, std::size_t> places;
    for (std::size_t i = 0; i < job_.tables.size(); ++i)
        places.emplace(std::pair{job_.tables[i].source.database, job_.tables[i].source.table}, i);
    std::vector<TableCheckpoint> tables(job_.tables.size());
    std::map<unsigned, std::size_t> by_number;
    for (const auto& row : connection()
                               .query("SELECT source_database, source_table, table_no, begun FROM "
                                      "`_transload`.copy_tables WHERE job_id = " +
                                      job_literal())
                               .rows) {
        const auto place = places.find({*row[0], *row[1]});
        if (place == places.end()) continue;
        tables[place->second].number = small_number(row[2]);
        tables[place->second].begun = row[3] != "0";
        by_number.emplace(tables[place->second].number, place->second);
    }
    connection().stream(
        "SELECT table_no, chunk_no, view_no, after_key, upto_key, row_count, byte_count FROM "
        "`_transload`.copy_chunks WHERE job_id = " +
            job_literal() + " ORDER BY table_no, chunk_no",
        [&](mysql::RowView row) {
            const auto text = [&](std::size_t i) {
                return row[i].null() ? mysql::Value() : mysql::Value(std::string(row[i].view()));
            };
            const auto place = by_number.find(small_number(text(0)));
            if (place == by_number.end()) return true;
            tables[place->second].chunks.push_back({.number = small_number(text(1)),
                                                    .view = small_number(text(2)),
                                                    .range = {bound(text(3)), bound(text(4))},
                                                    .rows = number(text(5)),
                                                    .bytes = number(text(6))});
            return true;
        });
    return tables;
}

std::vector<ViewRecord> CheckpointStore::load_views() {
    std::vector<ViewRecord> views;
    for (const auto& row :
         connection()
             .query("SELECT view_no, position, exact, log_position, bracket_low FROM `_transload`.copy_views WHERE job_id = " +
                    job_literal())
             .rows)
        views.push_back({small_number(row[0]), row[1].value_or(""), row[2] == "1", log_position(row[3]), log_position(row[4])});
    return views;
}

unsigned CheckpointStore::add_view(const ViewRecord& record) {
    const auto literal = [](const std::optional<mysql::binlog::Position>& position) {
        return position ? quote_text(position->text()) : "NULL";
    };
    const unsigned view = small_number(connection().scalar(
        "SELECT COALESCE(MAX(view_no), 0) + 1 FROM `_transload`.copy_views WHERE job_id = " + job_literal()));
    connection().execute(fmt::format(
        "INSERT INTO `_transload`.copy_views (job_id, view_no, position, exact, log_position, bracket_low) "
        "VALUES ({}, {}, {}, {}, {}, {})",
        job_literal(), view, quote_text(record.position), record.exact ? 1 : 0, literal(record.log_position),
        literal(record.bracket_low)));
    return view;
}

void CheckpointStore::set_begun() {
    connection().execute("UPDATE `_transload`.copy_tables SET begun = 1 WHERE begun = 0 AND job_id = " +
                         job_literal());
}

void CheckpointStore::move_to_view(unsigned table, const std::vector<unsigned>& chunks, unsigned view) {
    for (std::size_t at = 0; at < chunks.size(); at += 1000) {
        std::string list;
        for (std::size_t i = at; i < std::min(at + 1000, chunks.size()); ++i)
            list += (list.empty() ? "" : ",") + std::to_string(chunks[i]);
        connection().execute(
            fmt::format("UPDATE `_transload`.copy_chunks SET view_no = {} WHERE job_id = {} AND table_no = "
                        "{} AND chunk_no IN ({})",
                        view, job_literal(), table, list));
    }
}

CheckpointStore::Totals CheckpointStore::totals() {
    const auto row = connection().query(
        "SELECT COALESCE(SUM(row_count), 0), COALESCE(SUM(byte_count), 0) FROM "
        "`_transload`.copy_chunks WHERE job_id = " +
        job_literal());
    return {number(row.rows.at(0)[0]), number(row.rows.at(0)[1])};
}

void CheckpointStore::forget() {
    const mysql::SchemaLock lock(connection(), lock_limit, locked);  // below, a new session would go on without it
    try {
        for (const char* table : {"copy_chunks", "copy_tables", "copy_views", "copy_jobs"})
            connection_.execute(
                fmt::format("DELETE FROM `_transload`.{} WHERE job_id = {}", table, job_literal()));
        if (!connection_.scalar("SELECT 1 FROM `_transload`.copy_jobs LIMIT 1"))
            connection_.execute(
                "DROP TABLE `_transload`.copy_chunks, `_transload`.copy_tables, "
                "`_transload`.copy_views, `_transload`.copy_jobs, `_transload`.copy_format");
    } catch (const mysql::ServerError& error) {
        if (error.code() != no_such_table && error.code() != unknown_database) throw;
    }
    const auto left = connection_.scalar(
        "SELECT (SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '_transload') + "
        "(SELECT COUNT(*) FROM information_schema.routines WHERE routine_schema = '_transload')");
    if (left == "0") connection_.execute("DROP DATABASE IF EXISTS `_transload`");
}

std::string CheckpointStore::mark_statement(unsigned table, const DoneChunk& chunk) const {
    return fmt::format(
        "INSERT INTO `_transload`.copy_chunks (job_id, table_no, chunk_no, view_no, after_key, upto_key, "
        "row_count, byte_count) VALUES ({}, {}, {}, {}, {}, {}, {}, {})",
        job_literal(), table, chunk.number, chunk.view, bound_literal(chunk.range.after),
        bound_literal(chunk.range.upto), chunk.rows, chunk.bytes);
}

std::string CheckpointStore::unmark_statement(unsigned table, unsigned chunk) const {
    return fmt::format(
        "DELETE FROM `_transload`.copy_chunks WHERE job_id = {} AND table_no = {} AND chunk_no = {}",
        job_literal(), table, chunk);
}

std::string CheckpointStore::count_statement(unsigned table, unsigned chunk, std::uint64_t rows,
                                             std::uint64_t bytes) const {
    return fmt::format(
        "UPDATE `_transload`.copy_chunks SET row_count = {}, byte_count = {} WHERE job_id = {} AND "
        "table_no = {} AND chunk_no = {}",
        rows, bytes, job_literal(), table, chunk);
}

}  // namespace transload::native

#include "adapters/native/snapshot/target_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "adapters/mysql/json_types.hpp"
#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/row_codec.hpp"
#include "adapters/mysql/session_group.hpp"
#include "adapters/native/flow/run_state.hpp"
#include "adapters/native/snapshot/load_rows.hpp"
#include "adapters/native/snapshot/load_warnings.hpp"
#include "orchestrator/plan/target_side.hpp"

namespace transload::native {
namespace {

/// Values of megabytes are turned into an INSERT by one lane at a time, for the sake of memory.
std::mutex long_values_mutex;

constexpr unsigned duplicate_key = 1062;

constexpr std::size_t insert_statement_bytes = 1U << 20;

bool may_try_again(const Error& error) {
    return error.kind() == ErrorKind::transient || error.kind() == ErrorKind::in_doubt;
}

/// What MyISAM and Aria say of a table that lost its server in the middle of a statement.
bool is_damage(const Error& error) {
    const auto* from_server = dynamic_cast<const mysql::ServerError*>(&error);
    if (from_server == nullptr) return false;
    // Of the engine: crashed, no such key, record deleted or file full of it; of the server: not a key file, crashed.
    constexpr std::array<unsigned, 9> codes{126, 127, 134, 144, 145, 1034, 1035, 1194, 1195};
    return std::find(codes.begin(), codes.end(), from_server->code()) != codes.end();
}

}  // namespace

TargetWriter::TargetWriter(CopyContext& context)
    : context_(context),
      job_(context.job),
      store_(context.store),
      tables_(context.checkpoints),
      interrupter_(context.interrupter),
      stop_(context.run.stop()) {}

TargetWriter::~TargetWriter() = default;

/// With the session goes what is left of its transaction.
void TargetWriter::drop_connection() {
    usable_ = false;
    connection_.reset();
    open_.reset();
}

void TargetWriter::make_ready() {
    if (usable_) return;
    connection_.reset();
    connection_ = std::make_unique<mysql::Connection>(
        job_.spec.target, mysql::ConnectOptions{.profile = mysql::SessionProfile::copy_write,
                                                .sql_log_bin = job_.spec.target_log_bin,
                                                   .group = mysql::session_group(job_.id)});
    connection_->execute(fmt::format("SET SESSION autocommit = 0, max_error_count = {}", most_warnings));
    usable_ = true;
}

bool TargetWriter::mark(const Chunk& chunk) {
    try {
        connection_->execute(store_.mark_statement(tables_[chunk.table].number, chunk.mark));
        return true;
    } catch (const mysql::ServerError& error) {
        if (error.code() != duplicate_key) throw;
        connection_->execute("ROLLBACK");
        return false;
    }
}

void TargetWriter::rethrow_about(const Chunk& chunk, const Error& error) const {
    if (error.object() == plan(chunk).source.display()) throw error;
    throw Error(error.kind(), error.id(), plan(chunk).source.display(),
                fmt::format("writing to {} at {} failed: {}", plan(chunk).target.display(),
                            job_.spec.target.label(), error.message()),
                error.remedy());
}

void TargetWriter::write(Chunk& chunk) {
    // The reader of a streamed table gave up in the middle: its rows must not be committed with what comes
    // now.
    if (open_ && (chunk.streamed != open_ || open_->over())) drop_connection();
    if (chunk.streamed)
        write_piece(chunk);
    else
        write_whole(chunk);
    chunk.rows.clear();
}

void TargetWriter::write_whole(Chunk& chunk) {
    for (unsigned tried = 0;; ++tried) {
        try {
            make_ready();
            if (chunk.clean_first) mend_table(chunk);
            attempt(chunk);
            return;
        } catch (const Error& error) {
            drop_connection();
            if (stop_.stop_requested())
                throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
            const bool damaged = !chunk.transactional && is_damage(error);
            if (!(may_try_again(error) || damaged) || tried + 1 >= job_.spec.retry.attempts) rethrow_about(chunk, error);
            chunk.clean_first = !chunk.transactional;
        }
        back_off(job_.spec.retry, tried, stop_);
    }
}

void TargetWriter::attempt(const Chunk& chunk) {
    const Interrupter::Watch watch(interrupter_, *connection_);
    if (!mark(chunk)) return;
    if (chunk.clean_first) clean(chunk);
    if (chunk.rows.rows() != 0) {
        send_rows(chunk);
        mend_json(chunk);
    }
    connection_->commit();
}

/// The rows came as text; documents with DECIMALs, dates or bytes in them are made anew from typed values.
void TargetWriter::mend_json(const Chunk& chunk) {
    if (!context_.states[chunk.table].mends_json || !context_.mend_with_rows) return;
    auto source = context_.view.try_borrow(std::chrono::seconds(10));
    if (!source)
        throw Error(ErrorKind::transient, "view.lost", job_.spec.source.label(),
                    "the sessions of the view that JSON documents are read with are lost",
                    "the copy goes on in a new view; look for what kills sessions on the source");
    const Interrupter::Watch watch(interrupter_, **source);
    mysql::mend_json_types(**source, *connection_, plan(chunk), chunk.mark.range);
}

void TargetWriter::write_piece(Chunk& chunk) {
    StreamedTable& stream = *chunk.streamed;
    if (stream.over()) return;
    try {
        make_ready();
        const Interrupter::Watch watch(interrupter_, *connection_);
        if (chunk.first) {
            if (chunk.clean_first) mend_table(chunk);
            if (!mark(chunk)) {
                stream.succeed();
                return;
            }
            open_ = chunk.streamed;
            if (chunk.clean_first) clean(chunk);
        }
        if (chunk.rows.rows() != 0) send_rows(chunk);
        stream.rows += chunk.rows.rows();
        stream.bytes += chunk.rows.bytes();
        if (!chunk.last) return;
        connection_->execute(store_.count_statement(tables_[chunk.table].number, chunk.mark.number,
                                                    stream.rows, stream.bytes));
        connection_->commit();
        open_.reset();
        stream.succeed();
    } catch (const Error& error) {
        drop_connection();
        if (stop_.stop_requested())
            throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
        if (!may_try_again(error)) rethrow_about(chunk, error);
        try {
            rethrow_about(chunk, error);
        } catch (...) {
            stream.fail(std::current_exception());
        }
    }
}

/// A table without transactions whose server died in the middle of a statement has rows that its index does not know: they
/// would be missed by the DELETE that comes. Cheap where the table was closed properly. Commits.
void TargetWriter::mend_table(const Chunk& chunk) {
    const std::string name = mysql::quote_name(plan(chunk).target);
    const mysql::Result said = connection_->query("CHECK TABLE " + name + " FAST");
    const std::size_t kind = said.column("Msg_type"), text = said.column("Msg_text");
    const bool damaged = std::any_of(said.rows.begin(), said.rows.end(), [&](const mysql::Row& row) {
        const std::string word = row.at(kind).value_or("");
        return word == "error" || (word == "status" && row.at(text) != "OK" && row.at(text) != "Table is already up to date");
    });
    if (damaged) (void)connection_->query("REPAIR TABLE " + name);
}

void TargetWriter::clean(const Chunk& chunk) {
    const TablePlan there = target_side(plan(chunk));
    connection_->execute("DELETE FROM " + mysql::quote_name(there.source) + " WHERE " +
                         mysql::range_predicate(there, chunk.mark.range));
}

void TargetWriter::send_rows(const Chunk& chunk) {
    // For LOAD DATA servers let the buffer of a field grow in steps of 4 KiB, each a copy of it: a value of
    // 16 MiB takes half a minute. Where the packet holds it, INSERT is the way.
    if (chunk.rows.has_long_values() && 2 * chunk.rows.bytes() < connection_->max_allowed_packet()) {
        const std::lock_guard one_at_a_time(long_values_mutex);
        const std::uint64_t affected = connection_->execute(insert_statement(plan(chunk), chunk.rows));
        check_warnings(chunk, 0);
        check_count(chunk, affected);
        return;
    }
    if (context_.use_insert || !mysql::load_is_possible(plan(chunk))) {
        insert_rows(chunk);
        return;
    }
    if (statement_table_ != chunk.table) {
        statement_ = mysql::load_statement(plan(chunk));
        statement_table_ = chunk.table;
    }
    BufferSource source(chunk.rows);
    const std::uint64_t affected = connection_->load(statement_, source);
    check_warnings(chunk, 0);
    check_count(chunk, affected);
}

void TargetWriter::insert_rows(const Chunk& chunk) {
    const std::string prefix = mysql::insert_prefix(plan(chunk));
    const std::uint64_t most = connection_->max_allowed_packet();
    LoadRowReader reader(chunk.rows);
    std::string sql;
    std::uint64_t sent = 0, flushed = 0, affected = 0;
    const auto flush = [&] {
        if (sql.empty()) return;
        affected += connection_->execute(sql);
        check_warnings(chunk, flushed);
        flushed = sent;
        sql.clear();
    };
    while (const auto row = reader.next()) {
        std::size_t at_most = 0;
        for (const mysql::Field& field : *row) at_most += 2 * field.size + 64;
        if (sql.size() + at_most > std::min<std::uint64_t>(insert_statement_bytes, most)) flush();
        const std::size_t before = sql.size();
        sql += sql.empty() ? prefix : ",";
        mysql::append_insert_row(plan(chunk), *row, sql);
        ++sent;
        if (sql.size() <= most) continue;
        throw Error(ErrorKind::failed, "native.row_too_big", plan(chunk).source.display(),
                    fmt::format("a row takes {} bytes as an INSERT and the target takes {} at most",
                                sql.size() - before, most),
                    "raise max_allowed_packet on the target, or allow local_infile there");
    }
    flush();
    check_count(chunk, affected);
}

void TargetWriter::check_warnings(const Chunk& chunk, std::uint64_t first_row) {
    const unsigned count = connection_->warning_count();
    if (count != 0) refuse_changes(plan(chunk), chunk.rows, first_row, connection_->warnings(), count);
}

void TargetWriter::check_count(const Chunk& chunk, std::uint64_t affected) const {
    if (affected == chunk.rows.rows()) return;
    throw Error(
        ErrorKind::failed, "native.rows_lost", plan(chunk).source.display(),
        fmt::format("{} rows were sent to {} and the target took {}", chunk.rows.rows(),
                    plan(chunk).target.display(), affected),
        "look for rows that were in the target table before, and for a unique key that the source lacks");
}

}  // namespace transload::native

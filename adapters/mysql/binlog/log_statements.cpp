// What statements in clear mean to a LogDecoder.
#include <fmt/format.h>
#include <strings.h>

#include <algorithm>

#include "adapters/mysql/binlog/change_reader.hpp"
#include "adapters/mysql/binlog/log_decoder.hpp"
#include "adapters/mysql/statement_text.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::mysql::binlog {
namespace {

using Kind = StatementFacts::Kind;

constexpr std::size_t most_prepared = 100'000;

bool same_name(const std::string& a, const std::string& b) {
    return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

void LogDecoder::statement(const QueryEvent& query) {
    if (!open_) open();
    const StatementFacts facts = statement_facts(query.sql, query.database, query.modes);
    switch (facts.kind) {
        case Kind::begin: begun_ = true; return;
        case Kind::xa_start:
            begun_ = true;
            if (xa_.empty()) xa_ = facts.savepoint;
            return;
        case Kind::xa_end: return;
        case Kind::commit: return finish(false);
        case Kind::rollback: return finish(true);
        case Kind::xa_commit:
        case Kind::xa_rollback: return finish_prepared(facts);
        case Kind::savepoint:
            savepoints_.push_back({facts.savepoint, pieces_, piece_.changes.size(), piece_.weight});
            return;
        case Kind::rollback_to: return roll_back_to(facts.savepoint);
        case Kind::dml: direct_change(facts, query); break;
        case Kind::other: break;
        default: definition(facts, query); break;
    }
    if (facts.opens_transaction) begun_ = true;
    if (!begun_) finish(false);
}

void LogDecoder::roll_back_to(const std::string& name) {
    const auto found = std::find_if(savepoints_.rbegin(), savepoints_.rend(),
                                    [&](const Savepoint& savepoint) { return same_name(savepoint.name, name); });
    if (found == savepoints_.rend()) ByteReader::fail("a ROLLBACK TO a savepoint that is not there");
    if (found->pieces != pieces_) ByteReader::fail("a ROLLBACK TO a savepoint in a transaction that is too big to hold");
    if (piece_.changes.size() > found->changes) {
        piece_.changes.resize(found->changes);
        piece_.weight = found->weight;
    }
    savepoints_.erase(found.base(), savepoints_.end());  // itself stays
}

void LogDecoder::prepare(std::string_view body) {
    const bool one_phase = ByteReader(body).u8() != 0;
    if (one_phase) return finish(false);
    if (pieces_ != 0 || !piece_.changes.empty())
        throw Error(ErrorKind::failed, "binlog.xa", where(),
                    "a transaction that was prepared with XA changes tables of the job, and may still be rolled back",
                    "move the tables while no XA transactions run on them");
    if (prepared_.size() >= most_prepared) prepared_.clear();
    prepared_.insert(xa_);
    finish(false);
}

void LogDecoder::finish_prepared(const StatementFacts& facts) {
    // Prepared before we began to read, it may hold changes of ours that nobody will see.
    if (prepared_.erase(xa_.empty() ? facts.savepoint : xa_) == 0 && facts.kind == Kind::xa_commit)
        throw Error(ErrorKind::failed, "binlog.xa", where(),
                    "a transaction was committed that was prepared with XA before the job read the log: what it changed "
                    "is not known",
                    "begin the job anew with --restart when XA RECOVER lists nothing on the source");
    finish(false);
}

void LogDecoder::direct_change(const StatementFacts& facts, const QueryEvent& query) const {
    const auto ours = std::find_if(facts.tables.begin(), facts.tables.end(), [&](const TableName& name) {
        return names_.find(name.database, name.table).has_value();
    });
    // A routine's tables don't stand in the statement that calls it.
    const std::vector<SqlWord> first = sql_words(query.sql, query.modes, 1);
    const bool hidden = !first.empty() && (first[0].is("CALL") || first[0].is("DO") || first[0].is("SELECT")) &&
                        names_.database(query.database);
    if (ours == facts.tables.end() && !hidden) return;
    throw Error(ErrorKind::failed, "binlog.not_row",
                ours == facts.tables.end() ? std::string(query.database) : ours->display(),
                fmt::format("the change log holds a statement instead of the rows that it changed, at {}: {}", where(),
                            without_values(query.sql)),
                "SET GLOBAL binlog_format=ROW on the source, reconnect all sessions, and begin the job anew with --restart");
}

void LogDecoder::definition(const StatementFacts& facts, const QueryEvent& query) {
    if (own_ || piece_.statement || query.sql.find(own_statement) != std::string::npos) return;
    Statement statement;
    statement.kind = facts.kind == Kind::truncate ? Statement::Kind::truncate : Statement::Kind::ddl;
    const auto found = [&](const TableName& name, std::optional<std::uint32_t> table) {
        statement.object = name.table.empty() ? name.database : name.display();
        statement.table = table;
        statement.sql = query.sql;
        statement.database = query.database;
        statement.sql_mode_and_charset = query.session;
        piece_.statement = statement;
        piece_.weight += query.sql.size();
    };
    if (facts.kind == Kind::drop_database) {
        for (const TableName& name : facts.tables)
            if (const auto first = names_.database(name.database)) found(name, first);
        return;
    }
    // A table that is there already is not touched by it.
    const bool only_if_new = facts.kind == Kind::create_table && facts.if_not_exists;
    for (const TableName& name : facts.tables) {
        const auto table = names_.find(name.database, name.table);
        if (table && !only_if_new) return found(name, table);
    }
    if (!options_.job_takes_new_tables) return;
    for (const TableName& name : facts.made)
        if (names_.database(name.database) && !names_.find(name.database, name.table)) return found(name, std::nullopt);
}

}  // namespace transload::mysql::binlog

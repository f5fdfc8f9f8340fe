#include "adapters/native/stream/ledger.hpp"

#include <fmt/format.h>

#include "adapters/mysql/quoting.hpp"

namespace transload::native {
namespace {

using mysql::quote_text;
using mysql::binlog::Position;

constexpr unsigned duplicate_key = 1062;

std::uint64_t number(const mysql::Value& value) { return value ? std::stoull(*value) : 0; }

std::string position_literal(const Position* position) {
    return position ? quote_text(position->text()) : "NULL";
}

}  // namespace

std::string_view direction_name(StreamDirection direction) {
    return direction == StreamDirection::forward ? "forward" : "reverse";
}

Ledger::Ledger(const JobId& id, StreamDirection direction)
    : row_(fmt::format("job_id = {} AND direction = '{}'", quote_text(id.str()), direction_name(direction))),
      values_(fmt::format("{}, '{}'", quote_text(id.str()), direction_name(direction))) {}

std::optional<LedgerState> Ledger::load(mysql::Connection& connection) const {
    const mysql::Result result = connection.query(
        "SELECT group_no, applied, pending_end, pending_parts, row_changes, transactions, shapes, statement FROM "
        "`_transload`.stream_state WHERE " +
        row_ + " FOR UPDATE");
    if (result.rows.empty()) return std::nullopt;
    const mysql::Row& row = result.rows.front();
    LedgerState state;
    state.group = number(row[0]);
    state.applied = Position::parse(row[1].value_or(""));
    if (row[2]) state.pending_end = Position::parse(*row[2]);
    state.pending_parts = static_cast<unsigned>(number(row[3]));
    state.row_changes = number(row[4]);
    state.transactions = number(row[5]);
    state.shapes = row[6].value_or("");
    state.statement = row[7].value_or("");
    return state;
}

bool Ledger::take(mysql::Connection& connection, const Step& step) const {
    return connection.execute(fmt::format(
               "UPDATE `_transload`.stream_state SET group_no = {}, applied = {}, pending_end = {}, pending_parts = {}, "
               "row_changes = {}, transactions = {}, statement = NULL WHERE {} AND group_no = {}",
               step.group, position_literal(step.applied), position_literal(step.pending_end), step.pending_parts,
               step.row_changes, step.transactions, row_, step.group - 1)) == 1;
}

void Ledger::amend(mysql::Connection& connection, const Step& step) const {
    connection.execute(fmt::format("UPDATE `_transload`.stream_state SET applied = {}, row_changes = {}, transactions = {} "
                                   "WHERE {} AND group_no = {}",
                                   position_literal(step.applied), step.row_changes, step.transactions, row_,
                                   step.group));
}

bool Ledger::taken(mysql::Connection& connection, const Step& step) const {
    return connection
        .scalar(fmt::format("SELECT 1 FROM `_transload`.stream_state WHERE {} AND group_no = {} AND applied = {} AND "
                            "pending_end <=> {} AND pending_parts = {} AND row_changes = {} FOR UPDATE",
                            row_, step.group, position_literal(step.applied), position_literal(step.pending_end),
                            step.pending_parts, step.row_changes))
        .has_value();
}

bool Ledger::mark(mysql::Connection& connection, std::uint64_t group, unsigned part) const {
    try {
        connection.execute(fmt::format("INSERT INTO `_transload`.stream_parts (job_id, direction, group_no, part_no) "
                                       "VALUES ({}, {}, {})",
                                       values_, group, part));
        return true;
    } catch (const mysql::ServerError& error) {
        if (error.code() != duplicate_key) throw;
        connection.execute("ROLLBACK");
        return false;
    }
}

std::set<unsigned> Ledger::marks(mysql::Connection& connection, std::uint64_t group) const {
    std::set<unsigned> done;
    for (const mysql::Row& row :
         connection
             .query(fmt::format("SELECT part_no FROM `_transload`.stream_parts WHERE {} AND group_no = {}", row_, group))
             .rows)
        done.insert(static_cast<unsigned>(number(row[0])));
    return done;
}

void Ledger::drop_marks_before(mysql::Connection& connection, std::uint64_t group) const {
    connection.execute(
        fmt::format("DELETE FROM `_transload`.stream_parts WHERE {} AND group_no < {}", row_, group));
}

void Ledger::set_shapes(mysql::Connection& connection, const std::string& shapes) const {
    connection.execute("UPDATE `_transload`.stream_state SET shapes = " + quote_text(shapes) + " WHERE " + row_);
}

void Ledger::set_statement(mysql::Connection& connection, const std::string& position) const {
    connection.execute("UPDATE `_transload`.stream_state SET statement = " + quote_text(position) + " WHERE " + row_);
}

}  // namespace transload::native

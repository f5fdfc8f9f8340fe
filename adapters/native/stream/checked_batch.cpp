#include "adapters/native/stream/checked_batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "adapters/mysql/key_range.hpp"
#include "adapters/mysql/quoting.hpp"
#include "adapters/native/stream/net_changes.hpp"
#include "adapters/native/stream/row_key.hpp"

namespace transload::native {
namespace {

using mysql::binlog::CellState;
using mysql::binlog::RowImage;

constexpr unsigned duplicate_key = 1062;
constexpr std::size_t packet_bytes = 512U << 10;
constexpr std::size_t most_lookups = 2000;

/// The N of "Records: R  Duplicates: N  Warnings: W".
std::uint64_t duplicates(std::string_view info) {
    constexpr std::string_view word = "Duplicates: ";
    const std::size_t at = info.find(word);
    std::uint64_t count = 0;
    if (at != std::string_view::npos)
        std::from_chars(info.data() + at + word.size(), info.data() + info.size(), count);
    return count;
}

/// Remarks about how a statement is spelled, which say nothing of values; and that a column without a default was given its
/// type's (1364), which is what the source did when the log has no value for it.
bool is_harmless(std::string_view warning) {
    for (const std::string_view code : {" 1287 ", " 1364 ", " 1681 ", " 3719 ", " 3778 ", " 4166 "})
        if (warning.find(code) != std::string_view::npos) return true;
    return false;
}

}  // namespace

CheckedBatch::CheckedBatch(mysql::Connection& connection, const std::vector<TableSql>& tables, bool careful)
    : connection_(connection),
      tables_(tables),
      careful_(careful),
      statement_bytes_(std::min<std::size_t>(packet_bytes, connection.max_allowed_packet() / 4)) {}

void CheckedBatch::add(std::string_view statement, Count count, std::uint64_t expected, About about) {
    if (statement.size() >= connection_.max_allowed_packet())
        throw Error(ErrorKind::failed, "native.row_too_big", tables_[about.table].plan().source.display(),
                    fmt::format("a statement of {} bytes is needed for a row, and {} takes {} at most", statement.size(),
                                connection_.endpoint().label(), connection_.max_allowed_packet()),
                    "raise max_allowed_packet there");
    if (!expected_.empty() && sql_.size() + statement.size() + 1 > std::max(packet_bytes, statement_bytes_)) flush();
    if (!sql_.empty()) sql_ += ';';
    expected_.push_back({sql_.size(), count, expected, std::move(about)});
    sql_ += statement;
    if (careful_ || sql_.size() >= statement_bytes_) flush();
}

bool CheckedBatch::right(const Expected& expected, const mysql::Connection::Outcome& outcome) const {
    switch (expected.count) {
        case Count::any:
            return true;
        case Count::affected:
            return outcome.affected == expected.rows;
        case Count::overwritten:
            return duplicates(outcome.info) == expected.rows;
    }
    return false;
}

void CheckedBatch::flush() {
    if (expected_.empty()) return;
    std::size_t done = 0;
    const Expected* wrong = nullptr;
    const Expected* warned = nullptr;
    std::uint64_t found = 0;
    try {
        connection_.execute_several(sql_, [&](const mysql::Connection::Outcome& outcome) {
            if (done >= expected_.size()) return;
            const Expected& expected = expected_[done++];
            if (!wrong && !right(expected, outcome)) {
                wrong = &expected;
                found = expected.count == Count::overwritten ? duplicates(outcome.info) : outcome.affected;
            }
            if (!warned && outcome.warnings != 0 && expected.about.new_values) warned = &expected;
        });
    } catch (const mysql::ServerError& error) {
        if (error.code() == duplicate_key && done < expected_.size()) conflict(expected_[done], error.message());
        throw;
    }
    if (wrong)
        conflict(*wrong, fmt::format("the {} was to find {} rows and found {}", wrong->about.act, wrong->rows, found));
    if (warned) judge_warnings(*warned);
    sql_.clear();
    expected_.clear();
}

void CheckedBatch::judge_warnings(const Expected& expected) {
    if (expected_.size() != 1)
        throw Error(ErrorKind::transient, look_closer, tables_[expected.about.table].plan().source.display(),
                    "the target has remarks on one of several statements", "");
    const TablePlan& plan = tables_[expected.about.table].plan();
    const auto warnings = connection_.warnings();
    for (const std::string& warning : warnings) {
        if (is_harmless(warning)) continue;
        // Servers remark on an ENUM value without a name even when it is given as 0.
        const bool number_zero =
            warning.find(" 1265 ") != std::string::npos &&
            std::any_of(plan.columns.begin(), plan.columns.end(), [&](const Column& column) {
                if (column.data_type != "enum" ||
                    warning.find("'" + column.on_target() + "'") == std::string::npos)
                    return false;
                const auto index = static_cast<std::size_t>(&column - plan.columns.data());
                const auto is_zero = [&](const RowImage* row) {
                    return row->state(index) == CellState::value && row->bytes(index) == "0";
                };
                if (expected.about.written != nullptr) return is_zero(expected.about.written);
                return std::any_of(expected.about.rows.begin(), expected.about.rows.end(), is_zero);
            });
        if (number_zero) continue;
        connection_.execute("ROLLBACK");
        throw Error(ErrorKind::failed, "native.value_changed", plan.source.display(),
                    "the target would not store a value as it is: " + warning,
                    "compare the table's definition on both sides; correct the target's, then resume the job");
    }
}

std::string CheckedBatch::find_row(const Expected& expected) {
    const TablePlan& plan = tables_[expected.about.table].plan();
    if (!plan.key) return "a row (the table has no key to name it by)";
    const bool looks_for_present = expected.about.act == "INSERT";
    const std::size_t count = std::min(expected.about.rows.size(), most_lookups);
    for (std::size_t i = 0; i < count; ++i) {
        std::string sql = "SELECT 1 FROM " + mysql::quote_name(plan.target);
        tables_[expected.about.table].append_where_key(*expected.about.rows[i], sql);
        if (connection_.scalar(sql).has_value() == looks_for_present)
            return mysql::describe_key(plan, key_of(plan, *expected.about.rows[i]));
    }
    return expected.about.rows.empty() ? std::string("a row")
                                       : "one of the rows from " +
                                             mysql::describe_key(plan, key_of(plan, *expected.about.rows.front())) +
                                             " on";
}

void CheckedBatch::conflict(const Expected& expected, const std::string& what) {
    connection_.execute("ROLLBACK");
    const TablePlan& plan = tables_[expected.about.table].plan();
    std::string row;
    try {
        row = find_row(expected);
    } catch (const Error&) {
        row = "a row";
    }
    throw Error(ErrorKind::failed, "native.apply_conflict", plan.source.display(),
                fmt::format("{} on {} is not as the change log says ({}): {}", row, connection_.endpoint().label(),
                            expected.about.act, what),
                "find out who else writes to the target; then go on with the same command and --repair, or with 'transload job "
                "retry --repair': rows that differ are re-copied, and the stream goes on behind them");
}

}  // namespace transload::native

#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/plan/table_plan.hpp"

/// How values of each column type leave one server and enter another bit for bit. One place for all readers
/// and writers of rows: inventory, repair, and later the change stream.
namespace transload::mysql {

/// Reading is from the source, writing is to the target, each under its own names: both take the job's plan.

/// Indexes into plan.columns of those that are written (not generated, not left out), in order.
[[nodiscard]] std::vector<std::size_t> writable_columns(const TablePlan& plan);

/// Expression that reads one column exactly on a copy_read session. Works for generated columns too.
[[nodiscard]] std::string read_expression(const Column& column);

/// Expressions that read the writable columns exactly on a copy_read session, comma-joined, in that order.
[[nodiscard]] std::string select_list(const TablePlan& plan);

/// Appends one row (fields as read by `select_list`) to a LOAD DATA buffer in the format of `load_statement`.
void append_load_row(RowView row, std::string& buffer);

/// The format in pieces, for writers with buffers of their own. Between fields comes load_field_end, after
/// the last one load_row_end; NULL is load_null. `escape_load_bytes` writes at most twice `bytes.size()`
/// characters to `out` and returns how many; a value may be escaped in any number of pieces.
inline constexpr char load_field_end = '\t';
inline constexpr char load_row_end = '\n';
inline constexpr std::string_view load_null = "\\N";
[[nodiscard]] std::size_t escape_load_bytes(std::string_view bytes, char* out) noexcept;

/// LOAD DATA LOCAL INFILE statement for rows in that format into plan.target on a copy_write session.
/// Because of LOCAL the server turns errors of single rows into warnings: the caller must compare the
/// affected rows with the rows sent and look at warning_count().
[[nodiscard]] std::string load_statement(const TablePlan& plan);

/// False where servers can't load the table and INSERT must do: MySQL 8.0 refuses a NOT NULL geometry column
/// in a LOAD DATA with a column list ("Field doesn't have a default value", whatever the list says).
[[nodiscard]] bool load_is_possible(const TablePlan& plan);

/// INSERT INTO plan.target (…) VALUES, without rows; `append_insert_row` adds "(…)" in the same column order.
/// For copy_write sessions (character set binary, no NO_BACKSLASH_ESCAPES).
[[nodiscard]] std::string insert_prefix(const TablePlan& plan);
void append_insert_row(const TablePlan& plan, RowView row, std::string& sql);

/// What stands around a value in an INSERT, for writers that make the text themselves: with `quoted` the
/// value is inside '…', where quote, backslash and NUL need a backslash; else it is a number that stands as
/// it is.
struct ValueFrame {
    std::string before;
    std::string after;
    bool quoted = false;
};
/// For each writable column.
[[nodiscard]] std::vector<ValueFrame> insert_frames(const TablePlan& plan);

/// Bytes for a `quoted` frame.
void append_escaped(std::string_view bytes, std::string& sql);

}  // namespace transload::mysql

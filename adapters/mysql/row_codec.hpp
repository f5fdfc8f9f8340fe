#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/plan/table_plan.hpp"

/// How values of each column type leave one server and enter another bit for bit. One place for all readers and
/// writers of rows: inventory, repair, and later the change stream.
namespace transload::mysql {

/// Indexes into plan.columns of those that are written (not generated), in order.
[[nodiscard]] std::vector<std::size_t> writable_columns(const TablePlan& plan);

/// Expressions that read the writable columns exactly on a copy_read session, comma-joined, in that order.
[[nodiscard]] std::string select_list(const TablePlan& plan);

/// Appends one row (fields as read by `select_list`) to a LOAD DATA buffer in the format of `load_statement`.
void append_load_row(RowView row, std::string& buffer);

/// LOAD DATA LOCAL INFILE statement for rows in that format into plan.target on a copy_write session.
[[nodiscard]] std::string load_statement(const TablePlan& plan);

/// INSERT INTO plan.target (…) VALUES, without rows; `append_insert_row` adds "(…)" in the same column order.
[[nodiscard]] std::string insert_prefix(const TablePlan& plan);
void append_insert_row(const TablePlan& plan, RowView row, std::string& sql);

}  // namespace transload::mysql

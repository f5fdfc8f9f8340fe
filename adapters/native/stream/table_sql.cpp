#include "adapters/native/stream/table_sql.hpp"

#include <algorithm>

#include "adapters/mysql/column_kind.hpp"
#include "adapters/mysql/key_range.hpp"
#include "adapters/mysql/quoting.hpp"
#include "adapters/native/stream/net_changes.hpp"
#include "adapters/native/stream/row_key.hpp"
#include "adapters/native/stream/row_match.hpp"

namespace transload::native {
namespace {

using mysql::binlog::CellState;
using mysql::binlog::RowImage;

/// May be declared ON UPDATE CURRENT_TIMESTAMP: it must be assigned lest the server does it.
bool may_update_itself(const Column& column) {
    return column.data_type == "timestamp" || column.data_type == "datetime";
}

bool is_key_column(const TablePlan& plan, std::size_t column) {
    return plan.key && std::any_of(plan.key->parts.begin(), plan.key->parts.end(),
                                   [&](const KeyPart& part) { return part.column == column; });
}

void append_patch(std::string_view expression, const std::string& name, std::string& sql) {
    for (std::size_t i = 0; i < expression.size(); ++i) {
        if (expression[i] != '%' || i + 1 == expression.size()) {
            sql += expression[i];
            continue;
        }
        ++i;
        if (expression[i] == 'c')
            sql += name;
        else
            sql += expression[i];
    }
}

}  // namespace

TableSql::TableSql(const TablePlan& plan, const mysql::ServerVersion& version)
    : plan_(&plan), table_(mysql::quote_name(plan.target)), frames_(plan.columns.size()) {
    const auto writable = mysql::writable_columns(plan);
    const auto frames = mysql::insert_frames(plan);
    for (std::size_t i = 0; i < writable.size(); ++i) frames_[writable[i]] = frames[i];
    // Since 8.0.19 rows of VALUES have names; VALUES() is on its way out there and warns.
    const bool named_rows = !version.mariadb && version.at_least(8, 0, 19);
    std::string list;
    std::string assignments;
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
        names_.push_back(mysql::quote_name(plan.columns[i].on_target()));
        if (!is_written(plan.columns[i])) continue;
        written_.push_back(i);
        list += (list.empty() ? "" : ",") + names_[i];
        if (is_key_column(plan, i)) continue;
        // From one ENUM or SET to another servers go by the names, of which two may be equal under the collation.
        // MySQL's + 0 is a DOUBLE, too short for 64 members; MariaDB's is whole, and has remarks on the CAST.
        const std::string& type = plan.columns[i].data_type;
        const bool as_number = type == "enum" || type == "set";
        const std::string value = named_rows ? "_new." + names_[i] : "VALUES(" + names_[i] + ")";
        assignments += (assignments.empty() ? "" : ",") + names_[i] + "=" +
                       (!as_number ? value : version.mariadb ? value + " + 0" : "CAST(" + value + " AS UNSIGNED)");
    }
    if (assignments.empty() && plan.key) {  // nothing but the key
        const std::string& name = names_[plan.key->parts.front().column];
        assignments = name + "=" + (named_rows ? table_ + "." + name : name);
    }
    insert_prefix_ = "INSERT INTO " + table_ + " (" + list + ") VALUES ";
    overwrite_suffix_ = (named_rows ? " AS _new ON DUPLICATE KEY UPDATE " : " ON DUPLICATE KEY UPDATE ") + assignments;
    if (plan.key) {
        delete_prefix_ = "DELETE FROM " + table_ + " WHERE ";
        if (plan.key->parts.size() == 1) delete_prefix_ += names_[plan.key->parts.front().column] + " IN (";
    }
}

std::string_view TableSql::key_separator() const { return plan_->key->parts.size() == 1 ? "," : " OR "; }
std::string_view TableSql::key_end() const { return plan_->key->parts.size() == 1 ? ")" : ""; }
std::string TableSql::delete_row_prefix() const { return "DELETE FROM " + table_; }

void TableSql::append_value(std::size_t column, const RowImage& image, std::string& sql) const {
    const std::string_view bytes = image.bytes(column);
    switch (image.state(column)) {
        case CellState::absent:
            sql += names_[column];
            return;
        case CellState::null:
            sql += "NULL";
            return;
        case CellState::expression:
            sql += bytes;
            return;
        case CellState::patch:
            append_patch(bytes, names_[column], sql);
            return;
        case CellState::value:
            break;
    }
    const mysql::ValueFrame& frame = frames_[column];
    sql += frame.before;
    if (frame.quoted)
        mysql::append_escaped(bytes, sql);
    else
        sql += bytes;
    sql += frame.after;
}

void TableSql::append_row(const RowImage& image, std::string& sql) const {
    char before = '(';
    for (const std::size_t column : written_) {
        sql += before;
        append_value(column, image, sql);
        before = ',';
    }
    if (before == '(') sql += '(';
    sql += ')';
}

void TableSql::append_key(const RowImage& image, std::string& sql) const {
    const auto key = key_of(*plan_, image);
    const auto& parts = plan_->key->parts;
    if (parts.size() == 1) {
        sql += mysql::key_literal(plan_->columns[parts[0].column], key[0]);
        return;
    }
    for (std::size_t i = 0; i < parts.size(); ++i)
        sql += (i == 0 ? "(" : " AND ") + names_[parts[i].column] + "=" +
               mysql::key_literal(plan_->columns[parts[i].column], key[i]);
    sql += ')';
}

void TableSql::append_assignment(std::size_t column, std::string& sql, bool& first) const {
    sql += first ? " SET " : ",";
    sql += names_[column];
    sql += '=';
    first = false;
}

void TableSql::append_update(const RowImage& before, const RowImage& after, std::string& sql) const {
    sql += "UPDATE ";
    sql += table_;
    bool first = true;
    for (const std::size_t column : written_) {
        const CellState state = after.state(column);
        const bool changed = state != CellState::absent &&
                             (before.state(column) == CellState::absent || !same_cell(before, after, column));
        if (changed && !(is_key_column(*plan_, column) && same_cell(before, after, column))) {
            append_assignment(column, sql, first);
            append_value(column, after, sql);
        } else if (may_update_itself(plan_->columns[column])) {
            append_assignment(column, sql, first);
            sql += names_[column];
        }
    }
    if (first) {  // nothing changes: the row must be there all the same
        const std::size_t column = written_.front();
        append_assignment(column, sql, first);
        sql += names_[column];
    }
}

void TableSql::append_where_key(const RowImage& before, std::string& sql) const {
    sql += " WHERE ";
    const auto& parts = plan_->key->parts;
    if (parts.size() == 1) sql += names_[parts[0].column] + "=";
    append_key(before, sql);
}

void TableSql::append_where_row(const RowImage& before, std::string& sql) const {
    sql += " WHERE ";
    std::string order;
    bool first = true;
    for (const std::size_t column : written_) {
        if (before.state(column) == CellState::absent) continue;
        if (!first) sql += " AND ";
        first = false;
        append_match(plan_->columns[column], names_[column], before, column, sql, order);
    }
    if (first) sql += "TRUE";
    if (!order.empty()) sql += " ORDER BY " + order;
    sql += " LIMIT 1";
}

}  // namespace transload::native

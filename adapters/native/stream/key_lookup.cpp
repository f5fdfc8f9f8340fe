#include "adapters/native/stream/key_lookup.hpp"

#include "adapters/mysql/column_kind.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::native {
namespace {

using mysql::binlog::RowImage;

constexpr std::size_t statement_bytes = 512U << 10;

/// As the source declares it, without what a temporary table need not have.
std::string declaration(const Column& column) {
    std::string text = mysql::quote_name(column.name) + " " + column.column_type;
    if (!column.charset.empty() && mysql::column_kind(column) == mysql::ColumnKind::text)
        text += " CHARACTER SET " + column.charset + " COLLATE " + column.collation;
    return text + " NULL";
}

}  // namespace

std::vector<std::vector<bool>> KeyLookup::which(const TableSql& table, const std::vector<std::size_t>& columns,
                                                const std::vector<const RowImage*>& rows,
                                                const std::vector<std::string>& conditions) {
    if (rows.empty()) return std::vector<std::vector<bool>>(conditions.size());
    const bool fresh = !connection_;
    try {
        return attempt(table, columns, rows, conditions);
    } catch (const mysql::ServerError& error) {
        connection_.reset();
        if (fresh || !error.connection_lost()) throw;
    }
    return attempt(table, columns, rows, conditions);
}

std::vector<std::vector<bool>> KeyLookup::attempt(const TableSql& table, const std::vector<std::size_t>& columns,
                                                  const std::vector<const RowImage*>& rows,
                                                  const std::vector<std::string>& conditions) {
    if (!connection_)
        connection_ = std::make_unique<mysql::Connection>(
            to_, mysql::ConnectOptions{.profile = mysql::SessionProfile::copy_write, .sql_log_bin = log_bin_});
    std::string declarations = "n INT UNSIGNED NOT NULL PRIMARY KEY";
    for (const std::size_t column : columns) declarations += ", " + declaration(table.plan().columns[column]);
    // A column may be called n.
    declarations.replace(0, 1, "`_transload n`");
    connection_->execute("DROP TEMPORARY TABLE IF EXISTS `_transload`.`stream_lookup`");
    connection_->execute("CREATE TEMPORARY TABLE `_transload`.`stream_lookup` (" + declarations + ")");
    std::string sql;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        sql += sql.empty() ? "INSERT INTO `_transload`.`stream_lookup` VALUES (" : ",(";
        sql += std::to_string(i);
        for (const std::size_t column : columns) {
            sql += ',';
            table.append_value(column, *rows[i], sql);
        }
        sql += ')';
        if (sql.size() < statement_bytes && i + 1 != rows.size()) continue;
        connection_->execute(sql);
        sql.clear();
    }
    std::vector<std::vector<bool>> result;
    for (const std::string& condition : conditions) {
        auto& found = result.emplace_back(rows.size(), false);
        for (const mysql::Row& row :
             connection_->query("SELECT `_transload n` FROM `_transload`.`stream_lookup` WHERE " + condition).rows)
            found[std::stoull(row.at(0).value_or("0"))] = true;
    }
    return result;
}

}  // namespace transload::native

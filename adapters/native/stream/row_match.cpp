#include "adapters/native/stream/row_match.hpp"

#include "adapters/mysql/column_kind.hpp"
#include "adapters/mysql/key_range.hpp"
#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/row_codec.hpp"
#include "adapters/native/stream/row_key.hpp"

namespace transload::native {
namespace {

using mysql::ColumnKind;
using mysql::binlog::CellState;

std::string as_bytes(const std::string& name) { return "CAST(" + name + " AS BINARY)"; }

void append_bytes_literal(std::string_view bytes, std::string& sql) {
    sql += "_binary'";
    mysql::append_escaped(bytes, sql);
    sql += '\'';
}

}  // namespace

void append_match(const Column& column, const std::string& name, const mysql::binlog::RowImage& image,
                  std::size_t index, std::string& sql, std::string& order) {
    const std::string_view bytes = image.bytes(index);
    if (image.state(index) == CellState::null) {
        sql += name + " IS NULL";
        return;
    }
    if (image.state(index) != CellState::value) {  // a JSON document that only an expression makes
        sql += name + " = (" + std::string(bytes) + ")";
        return;
    }
    switch (mysql::column_kind(column)) {
        case ColumnKind::integer:
        case ColumnKind::enumeration:
        case ColumnKind::set:
            // YEAR and ENUM have ideas of their own about what a number means.
            if (column.data_type == "year" || mysql::column_kind(column) != ColumnKind::integer)
                sql += "CAST(" + name + " AS UNSIGNED) = " + std::string(bytes);
            else
                sql += name + " = " + std::string(bytes);
            return;
        case ColumnKind::bit:
            sql += "CAST(" + name + " AS UNSIGNED) = " + bit_number(bytes);
            return;
        case ColumnKind::decimal:
            sql += name + " = " + std::string(bytes);
            return;
        case ColumnKind::real:
            sql += "(" + name + " * 1e0) = " + mysql::key_literal(column, bytes);
            if (bytes == "0" || bytes == "-0")
                sql += " AND LEFT(CONCAT(" + name + " * 1e0), 1) = '" + std::string(bytes.substr(0, 1)) + "'";
            return;
        case ColumnKind::json: {
            std::string document = "CAST(CONVERT(_binary'";
            mysql::append_escaped(bytes, document);
            document += "' USING utf8mb4) AS JSON)";
            sql += name + " = " + document;
            // 1 and 1.0 are equal as JSON; their texts are not.
            order += (order.empty() ? "(" : ", (") + name + " IS NOT NULL AND " + as_bytes(name) + " = ";
            append_bytes_literal(bytes, order);
            order += ") DESC";
            return;
        }
        case ColumnKind::native_text:
            sql += name + " = ";
            sql += mysql::quote_text(bytes);
            return;
        case ColumnKind::binary:
            sql += name + " = ";
            append_bytes_literal(bytes, sql);
            return;
        case ColumnKind::temporal:
        case ColumnKind::text:
            sql += as_bytes(name) + " = ";
            append_bytes_literal(bytes, sql);
            return;
    }
}

}  // namespace transload::native

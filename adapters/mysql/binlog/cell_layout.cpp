#include <charconv>

#include "adapters/mysql/binlog/cell.hpp"
#include "adapters/mysql/binlog/number_text.hpp"
#include "adapters/mysql/column_kind.hpp"

namespace transload::mysql::binlog {
namespace {

/// The number in the first parentheses of a column's type; 0 without any.
unsigned argument(const std::string& type) {
    const std::size_t open = type.find('(');
    unsigned value = 0;
    if (open != std::string::npos) std::from_chars(type.data() + open + 1, type.data() + type.size(), value);
    return value;
}

bool zerofilled(const Column& column) { return column.column_type.ends_with("zerofill"); }

bool is_any(const Column* column, std::initializer_list<std::string_view> types) {
    if (column == nullptr) return true;
    for (const std::string_view type : types)
        if (column->data_type == type) return true;
    return false;
}

bool has_kind(const Column* column, std::initializer_list<ColumnKind> kinds) {
    if (column == nullptr) return true;
    for (const ColumnKind kind : kinds)
        if (column_kind(*column) == kind) return true;
    return false;
}

bool is_geometry(const Column& column) {
    return column_kind(column) == ColumnKind::binary && column.data_type != "vector" &&
           !column.data_type.ends_with("binary") && !column.data_type.ends_with("blob");
}

CellLayout sized(CellForm form, std::size_t size) {
    CellLayout cell;
    cell.form = form;
    cell.size = static_cast<std::uint8_t>(size);
    return cell;
}

CellLayout timed(CellForm form, unsigned decimals) {
    if (decimals > 6) ByteReader::fail("a time with impossible decimals");
    CellLayout cell = sized(form, 0);
    cell.decimals = static_cast<std::uint8_t>(decimals);
    return cell;
}

CellLayout integer(std::size_t size, const Column* column) {
    const bool is_unsigned = column != nullptr && column->is_unsigned;
    CellLayout cell = sized(is_unsigned ? CellForm::unsigned_integer : CellForm::signed_integer, size);
    if (column != nullptr && zerofilled(*column)) {
        cell.zerofill = true;
        cell.width = static_cast<std::uint16_t>(argument(column->column_type));
    }
    return cell;
}

std::size_t length_size(std::uint16_t metadata) {
    if (metadata < 1 || metadata > 4) ByteReader::fail("a BLOB with an impossible length");
    return metadata;
}

/// MariaDB's old times carry their decimals in the table's definition only.
CellLayout old_time(CellForm form, const Column* column) {
    return timed(form, column == nullptr ? 0 : argument(column->column_type));
}

std::optional<CellLayout> string_layout(const MappedColumn& mapped, const Column* column) {
    CellLayout cell = sized(CellForm::bytes, mapped.metadata < 256 ? 1 : 2);
    if (column == nullptr) return cell;
    cell.width = mapped.metadata;
    switch (column_kind(*column)) {
        case ColumnKind::text: return cell;
        case ColumnKind::native_text:
            cell.form = column->data_type == "uuid"    ? CellForm::uuid
                        : column->data_type == "inet4" ? CellForm::inet4
                                                       : CellForm::inet6;
            cell.width = cell.form == CellForm::inet4 ? 4 : 16;
            return cell;
        case ColumnKind::binary:
            if (column->data_type != "binary") return std::nullopt;
            // The log leaves zero bytes at the end out.
            cell.form = CellForm::fixed_bytes;
            return cell;
        default: return std::nullopt;
    }
}

}  // namespace

std::optional<CellLayout> cell_layout(const MappedColumn& mapped, const Column* column) {
    const auto fits = [&](bool fit, const CellLayout& cell) { return fit ? std::optional(cell) : std::nullopt; };
    const auto integer_type = [&](std::string_view name, std::size_t size) {
        return fits(is_any(column, {name}), integer(size, column));
    };
    switch (mapped.type) {
        case field::tiny: return integer_type("tinyint", 1);
        case field::short_: return integer_type("smallint", 2);
        case field::int24: return integer_type("mediumint", 3);
        case field::long_: return fits(is_any(column, {"int", "integer"}), integer(4, column));
        case field::longlong: return integer_type("bigint", 8);
        case field::year: {
            CellLayout cell = sized(CellForm::year, 1);
            cell.width = column != nullptr && argument(column->column_type) == 2 ? 2 : 4;
            return fits(is_any(column, {"year"}), cell);
        }
        case field::float_: return fits(is_any(column, {"float"}), sized(CellForm::real4, 4));
        case field::double_: {
            CellLayout cell = sized(CellForm::real8, 8);
            // With (M,D) it is read as an expression, which has no zeros in front.
            cell.zerofill = column != nullptr && zerofilled(*column) && argument(column->column_type) == 0;
            cell.width = 22;
            return fits(is_any(column, {"double", "real"}), cell);
        }
        case field::decimal: {
            CellLayout cell = sized(CellForm::decimal, 0);
            cell.precision = static_cast<std::uint8_t>(mapped.metadata & 0xff);
            cell.decimals = static_cast<std::uint8_t>(mapped.metadata >> 8);
            static_cast<void>(decimal_size(cell.precision, cell.decimals));
            cell.zerofill = column != nullptr && zerofilled(*column);
            return fits(is_any(column, {"decimal", "numeric"}), cell);
        }
        case field::bit: {
            const unsigned bits = mapped.metadata & 0xffU, bytes = mapped.metadata >> 8U;
            if (bits > 8 || bytes > 8 || bytes + (bits != 0 ? 1 : 0) > 8) ByteReader::fail("a BIT with impossible bits");
            return fits(is_any(column, {"bit"}), sized(CellForm::bits, bytes + (bits != 0 ? 1 : 0)));
        }
        case field::date:
        case field::newdate: return fits(is_any(column, {"date"}), sized(CellForm::date, 3));
        case field::time: return fits(is_any(column, {"time"}), old_time(CellForm::old_time, column));
        case field::datetime: return fits(is_any(column, {"datetime"}), old_time(CellForm::old_datetime, column));
        case field::timestamp: return fits(is_any(column, {"timestamp"}), old_time(CellForm::old_timestamp, column));
        case field::time2: return fits(is_any(column, {"time"}), timed(CellForm::time, mapped.metadata));
        case field::datetime2: return fits(is_any(column, {"datetime"}), timed(CellForm::datetime, mapped.metadata));
        case field::timestamp2: return fits(is_any(column, {"timestamp"}), timed(CellForm::timestamp, mapped.metadata));
        case field::varchar:
        case field::var_string:
            return fits(is_any(column, {"varchar", "varbinary"}), sized(CellForm::bytes, mapped.metadata < 256 ? 1 : 2));
        case field::varchar_compressed:
            return fits(is_any(column, {"varchar", "varbinary"}),
                        sized(CellForm::compressed, mapped.metadata < 256 ? 1 : 2));
        case field::blob:
        case field::tiny_blob:
        case field::medium_blob:
        case field::long_blob:
            return fits(is_any(column, {"tinyblob", "blob", "mediumblob", "longblob", "tinytext", "text", "mediumtext",
                                        "longtext"}),
                        sized(CellForm::bytes, length_size(mapped.metadata)));
        case field::blob_compressed:
            return fits(is_any(column, {"tinyblob", "blob", "mediumblob", "longblob", "tinytext", "text", "mediumtext",
                                        "longtext"}),
                        sized(CellForm::compressed, length_size(mapped.metadata)));
        case field::geometry:
            return fits(column == nullptr || is_geometry(*column), sized(CellForm::bytes, length_size(mapped.metadata)));
        case field::vector: return fits(is_any(column, {"vector"}), sized(CellForm::bytes, length_size(mapped.metadata)));
        case field::json:
            return fits(has_kind(column, {ColumnKind::json}), sized(CellForm::json, length_size(mapped.metadata)));
        case field::enumeration:
        case field::set: {
            const unsigned size = mapped.metadata > 255 ? mapped.metadata >> 8U : mapped.metadata;
            if (size < 1 || size > 8) ByteReader::fail("an ENUM or SET of an impossible size");
            return fits(is_any(column, {mapped.type == field::set ? "set" : "enum"}), sized(CellForm::number, size));
        }
        case field::string: return string_layout(mapped, column);
        default: ByteReader::fail("a column of a type that is not known");
    }
}

}  // namespace transload::mysql::binlog

#include "adapters/mysql/validation/canonical.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>

#include "adapters/mysql/column_kind.hpp"
#include "adapters/mysql/json_types.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::mysql::validation {
namespace {

/// How both values of a column are brought into one form.
enum class Form {
    instant,   ///< TIMESTAMP by its seconds, whatever the session's time zone
    number,    ///< text of an integer, exact decimal, date or time: holds no comma, never begins with 'N'
    floating,  ///< IEEE bytes
    ordinal,   ///< BIT, and ENUM or SET of equal definition: CAST AS UNSIGNED
    member,    ///< ENUM or SET whose definitions differ: number 0 told apart, then the name
    bytes,     ///< the stored bytes
    utf8,      ///< converted to utf8mb4, since the two columns do not share a character set
    json,      ///< MySQL's JSON on both sides
    parsed,    ///< JSON against text
};

bool same_name(const std::string& one, const std::string& other) {
    return one.size() == other.size() && strncasecmp(one.data(), other.data(), one.size()) == 0;
}

/// "utf8" and "utf8mb3" are one thing, and all utf8mb3 bytes mean the same in utf8mb4.
std::string charset_family(const std::string& charset) { return charset.starts_with("utf8") ? "utf8mb4" : charset; }

bool numeric_text(ColumnKind kind) {
    return kind == ColumnKind::integer || kind == ColumnKind::decimal || kind == ColumnKind::temporal;
}

Form form_of(const Column& source, const Column& target, Reach reach) {
    if (reach == Reach::proxy && source.data_type == "timestamp" && target.data_type == "timestamp") return Form::instant;
    const ColumnKind left = column_kind(source);
    const ColumnKind right = column_kind(target);
    if (left == ColumnKind::json || right == ColumnKind::json) return left == right ? Form::json : Form::parsed;
    if (left == ColumnKind::real && right == ColumnKind::real) return Form::floating;
    if (numeric_text(left) && numeric_text(right)) return Form::number;
    if (left == right) {
        switch (left) {
            case ColumnKind::bit: return Form::ordinal;
            case ColumnKind::enumeration:
            case ColumnKind::set: return source.column_type == target.column_type ? Form::ordinal : Form::member;
            case ColumnKind::binary: return Form::bytes;
            case ColumnKind::text:
                return charset_family(source.charset) == charset_family(target.charset) ? Form::bytes : Form::utf8;
            default: return Form::utf8;
        }
    }
    if (left == ColumnKind::binary || right == ColumnKind::binary) return Form::bytes;
    return Form::utf8;
}

/// Types whose values may be too long to stand inside the row's CONCAT (bounded by max_allowed_packet).
bool is_long(const Column& column) {
    static constexpr std::string_view types[] = {
        "text",       "mediumtext",      "longtext",     "blob",           "mediumblob",         "longblob", "json",
        "geometry",   "point",           "linestring",   "polygon",        "multipoint",         "vector",
        "multipolygon", "multilinestring", "geomcollection", "geometrycollection"};
    return std::find(std::begin(types), std::end(types), column.data_type) != std::end(types);
}

std::string plain_value(const Column& column, Form form) {
    const std::string name = quote_name(column.name);
    switch (form) {
        case Form::instant: return "UNIX_TIMESTAMP(" + name + ")";
        case Form::number:
            // ZEROFILL and YEAR(2) are how a number looks, not what it is.
            return column.column_type.find("zerofill") == std::string::npos ? name : "(" + name + " + 0)";
        case Form::floating:
            // The one function of all servers that hands out the eight bytes of a double: no digits to round,
            // no flavour's way of printing, -0 apart from 0.
            return "CONCAT(POINT(" + name + ", 0))";
        case Form::ordinal: return "CAST(" + name + " AS UNSIGNED)";
        case Form::member:
            return fmt::format("CONCAT(IF(CAST({0} AS UNSIGNED) = 0, '0', '1'), CAST(CONVERT({0} USING utf8mb4) AS BINARY))", name);
        case Form::bytes: return column_kind(column) == ColumnKind::text ? "CAST(" + name + " AS BINARY)" : name;
        case Form::utf8:
            return column_kind(column) == ColumnKind::text
                       ? "CAST(CONVERT(" + name + " USING utf8mb4) AS BINARY)"
                       : "CAST(CAST(" + name + " AS CHAR CHARACTER SET utf8mb4) AS BINARY)";
        case Form::json: return "CONVERT(" + name + " USING utf8mb4)";
        case Form::parsed: return "CONVERT(" + name + " USING utf8mb4)";
    }
    return name;
}

/// What SHA2 reads: without a CAST, which gives NULL above max_allowed_packet.
std::string hashed_value(const Column& column, Form form) {
    const std::string name = quote_name(column.name);
    if (form == Form::utf8 && column_kind(column) == ColumnKind::text) return "CONVERT(" + name + " USING utf8mb4)";
    if (form == Form::bytes || form == Form::json) return name;
    return plain_value(column, form);
}

std::string digest_arguments(const Column& column, Form form, bool nullable, bool hashed) {
    if (form == Form::parsed) return "'J,'";
    if (hashed) {
        const std::string hash = "SHA2(" + hashed_value(column, form) + ", 256)";
        return nullable ? "IFNULL(" + hash + ", 'N'), ','" : hash + ", ','";
    }
    const std::string value = plain_value(column, form);
    if (form == Form::number || form == Form::ordinal || form == Form::floating || form == Form::instant)
        return nullable ? "IFNULL(" + value + ", 'N'), ','" : value + ", ','";
    const std::string length = form == Form::bytes ? "LENGTH(" + quote_name(column.name) + ")" : "LENGTH(" + value + ")";
    return nullable ? fmt::format("IFNULL(CONCAT({}, ':', {}), 'N'), ','", length, value)
                    : fmt::format("{}, ':', {}, ','", length, value);
}

std::string shown_value(const Column& column, Form form) {
    const std::string name = quote_name(column.name);
    switch (column_kind(column)) {
        case ColumnKind::bit: return "LOWER(CONCAT('0x', HEX(" + name + ")))";
        case ColumnKind::binary: return "LOWER(CONCAT('0x', HEX(LEFT(" + name + ", 100))))";
        case ColumnKind::real: return form == Form::floating ? "CONCAT(" + name + " * 1e0)" : "CONCAT(" + name + ")";
        default: return "LEFT(CONVERT(" + name + " USING utf8mb4), 200)";
    }
}

/// Of text and bytes HEX() gives the digits of the bytes, of a number those of the number: that goes by its text.
std::string in_hex(const std::string& value, bool is_string) {
    return is_string ? "HEX(" + value + ")" : "HEX(CONCAT(" + value + "))";
}

ComparedColumn compare_column(const Column& source, const Column& target, Reach reach) {
    const Form form = form_of(source, target, reach);
    const bool nullable = source.nullable || target.nullable;
    const bool hashed = is_long(source) || is_long(target);
    ComparedColumn compared;
    compared.name = source.name;
    compared.parse_as_json = form == Form::parsed;
    for (const Side side : {Side::source, Side::target}) {
        const Column& column = side == Side::source ? source : target;
        const auto set = [side](Sided& both, std::string text) {
            (side == Side::source ? both.source : both.target) = std::move(text);
        };
        const std::string value = plain_value(column, form);
        // Raw long values leave the server as they are: CAST would cut them off at max_allowed_packet.
        const std::string probe =
            hashed && !compared.parse_as_json ? "SHA2(" + hashed_value(column, form) + ", 256)" : value;
        const std::string hex = in_hex(probe, form == Form::bytes || form == Form::utf8 || form == Form::member);
        set(compared.value, reach == Reach::proxy ? hex : form == Form::bytes ? quote_name(column.name) : value);
        set(compared.probe, reach == Reach::proxy ? hex : probe);
        set(compared.digest, digest_arguments(column, form, nullable, hashed));
        set(compared.shown, shown_value(column, form));
    }
    return compared;
}

/// The second look at a JSON column: text alone can't tell DECIMAL 1.5 from DOUBLE 1.5, or a date from its text.
ComparedColumn compare_json_types(const Column& source, const Column& target, const ServerVersion& source_version,
                                  const ServerVersion& target_version, Reach reach) {
    const bool visible = has_json_types(source_version) && has_json_types(target_version);
    const auto sided = [&](const auto& make) {
        return Sided{make(quote_name(source.name)), make(quote_name(target.name))};
    };
    const auto expression = [&](const std::string& name) {
        return visible ? "IFNULL(" + json_type_trace(name) + ", '')" : std::string("''");
    };
    ComparedColumn compared;
    compared.name = source.name;
    compared.value = sided([&](const std::string& name) {
        return reach == Reach::proxy ? in_hex(expression(name), true) : expression(name);
    });
    compared.probe = compared.value;
    compared.digest = sided([&](const std::string& name) { return expression(name) + ", ','"; });
    compared.shown = sided([](const std::string& name) {
        return "CONCAT('types of values differ; stored size ', IFNULL(JSON_STORAGE_SIZE(JSON_ARRAY(" + name + ")), 0))";
    });
    return compared;
}

}  // namespace

ComparedTable compare_columns(const TablePlan& plan, const std::vector<Column>& target_columns,
                              const ServerVersion& source, const ServerVersion& target, Reach reach) {
    ComparedTable table;
    std::vector<bool> matched(target_columns.size(), false);
    for (const Column& column : plan.columns) {
        if (column.left_out) continue;
        const auto found = std::find_if(target_columns.begin(), target_columns.end(),
                                        [&](const Column& other) { return same_name(column.on_target(), other.name); });
        if (found == target_columns.end()) {
            table.missing.push_back(column.on_target());
            continue;
        }
        matched[static_cast<std::size_t>(found - target_columns.begin())] = true;
        table.columns.push_back(compare_column(column, *found, reach));
        table.needs_parser |= table.columns.back().parse_as_json;
        if (column_kind(column) == ColumnKind::json && column_kind(*found) == ColumnKind::json)
            table.columns.push_back(compare_json_types(column, *found, source, target, reach));
    }
    for (std::size_t i = 0; i < target_columns.size(); ++i)
        if (!matched[i]) table.surplus.push_back(target_columns[i].name);

    for (const Side side : {Side::source, Side::target}) {
        std::string arguments = "''";
        for (const ComparedColumn& column : table.columns) arguments += ", " + column.digest.on(side);
        (side == Side::source ? table.row_digest.source : table.row_digest.target) =
            "LEFT(SHA2(CONCAT(" + arguments + "), 256), 32)";
    }
    return table;
}

}  // namespace transload::mysql::validation

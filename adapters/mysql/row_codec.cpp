#include "adapters/mysql/row_codec.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

#include "adapters/mysql/column_kind.hpp"
#include "adapters/mysql/quoting.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace transload::mysql {
namespace {

bool is_written(const Column& column) {
    return !column.generated && !column.left_out;
}

bool begins_with_letter(const std::string& name) {
    const char c = name.empty() ? '\0' : name.front();
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// LOAD DATA takes a number for an ENUM or SET value when no member is called so. Members that begin with a
/// letter can't be taken for a number under any collation. 64 members overflow the server's check of the
/// number.
bool number_loads_directly(const Column& column) {
    const auto names = member_names(column);
    return !names.empty() && names.size() < 64 && std::all_of(names.begin(), names.end(), begins_with_letter);
}

/// Largest value of FLOAT(M,D) or DOUBLE(M,D) as text; empty for a column without (M,D).
std::string largest_value(const Column& column) {
    const std::string& type = column.column_type;
    const std::size_t open = type.find('(');
    const std::size_t comma = type.find(',');
    if (open == std::string::npos || comma == std::string::npos) return {};
    const auto digits = std::stoul(type.substr(open + 1));
    const auto decimals = std::stoul(type.substr(comma + 1));
    return std::string(digits - decimals, '9') + "." + std::string(decimals, '9') + "e0";
}

/// Empty: the field goes straight into the column. Else the expression that makes the value of @variable.
std::string load_expression(const Column& column, const std::string& variable) {
    switch (column_kind(column)) {
        case ColumnKind::enumeration:
        case ColumnKind::set:
            if (number_loads_directly(column)) return {};
            return "CAST(" + variable + " AS UNSIGNED)";
        case ColumnKind::real: {
            // FLOAT(9,3) holds 999999.999 as 1000000, which it would refuse when it came back as a number.
            const std::string largest = largest_value(column);
            if (largest.empty()) return {};
            return "LEAST(GREATEST(" + variable + " + 0e0, -" + largest + "), " + largest + ")";
        }
        case ColumnKind::json:
        case ColumnKind::native_text:
            return "CONVERT(" + variable + " USING utf8mb4)";
        default:
            return {};
    }
}

bool is_geometry(const Column& column) {
    return column_kind(column) == ColumnKind::binary && column.data_type != "vector" &&
           !column.data_type.ends_with("binary") && !column.data_type.ends_with("blob");
}

bool has_geometry_that_must_be(const TablePlan& plan) {
    return std::any_of(plan.columns.begin(), plan.columns.end(), [](const Column& column) {
        return is_written(column) && !column.nullable && is_geometry(column);
    });
}

/// Without a column list the fields are the visible columns in their order.
bool list_can_be_left_out(const TablePlan& plan) {
    return std::none_of(plan.columns.begin(), plan.columns.end(), [](const Column& column) {
        return !column.left_out &&
               (column.generated || column.invisible || !load_expression(column, "@v").empty());
    });
}

/// Length of the run of bytes that need no escaping.
std::size_t plain_run(const char* data, std::size_t size) noexcept {
    std::size_t at = 0;
#if defined(__SSE2__)
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i tab = _mm_set1_epi8(load_field_end);
    const __m128i newline = _mm_set1_epi8(load_row_end);
    for (; at + 16 <= size; at += 16) {
        __m128i block;
        std::memcpy(&block, data + at, sizeof block);
        const __m128i hits =
            _mm_or_si128(_mm_cmpeq_epi8(block, backslash),
                         _mm_or_si128(_mm_cmpeq_epi8(block, tab), _mm_cmpeq_epi8(block, newline)));
        const int mask = _mm_movemask_epi8(hits);
        if (mask != 0) return at + static_cast<std::size_t>(__builtin_ctz(static_cast<unsigned>(mask)));
    }
#endif
    for (; at < size; ++at)
        if (data[at] == '\\' || data[at] == load_field_end || data[at] == load_row_end) break;
    return at;
}

constexpr std::string_view literal_specials("\0\\'", 3);

ValueFrame insert_frame(const Column& column) {
    switch (column_kind(column)) {
        case ColumnKind::integer:
            // The number 0 and the text '0000' differ for YEAR.
            if (column.data_type == "year") return {"'", "'", true};
            return {};
        case ColumnKind::decimal:
        case ColumnKind::enumeration:
        case ColumnKind::set:
            return {};
        case ColumnKind::temporal:
            return {"'", "'", true};
        case ColumnKind::real: {
            // As text: a literal -0 would be an integer without a sign.
            const std::string expression = load_expression(column, "'?'");
            if (expression.empty()) return {"'", "'", true};
            const std::size_t at = expression.find('?');
            return {expression.substr(0, at), expression.substr(at + 1), true};
        }
        case ColumnKind::json:
        case ColumnKind::native_text:
            return {"CONVERT(_binary'", "' USING utf8mb4)", true};
        case ColumnKind::bit:
        case ColumnKind::text:
        case ColumnKind::binary:
            break;
    }
    return {"_binary'", "'", true};
}

}  // namespace

void append_escaped(std::string_view bytes, std::string& sql) {
    while (true) {
        const std::size_t run = std::min(bytes.find_first_of(literal_specials), bytes.size());
        sql.append(bytes.substr(0, run));
        if (run == bytes.size()) return;
        sql += '\\';
        sql += bytes[run] == '\0' ? '0' : bytes[run];
        bytes.remove_prefix(run + 1);
    }
}

std::vector<std::size_t> writable_columns(const TablePlan& plan) {
    std::vector<std::size_t> indexes;
    for (std::size_t i = 0; i < plan.columns.size(); ++i)
        if (is_written(plan.columns[i])) indexes.push_back(i);
    return indexes;
}

std::string read_expression(const Column& column) {
    const std::string name = quote_name(column.name);
    switch (column_kind(column)) {
        case ColumnKind::real:
            // FLOAT prints 6 digits and (M,D) rounds; the product is a DOUBLE in its shortest exact text.
            if (column.data_type != "float" && column.column_type.find('(') == std::string::npos) return name;
            return "(" + name + " * 1e0)";
        case ColumnKind::enumeration:
        case ColumnKind::set:
            return "CAST(" + name + " AS UNSIGNED)";
        default:
            return name;
    }
}

std::string select_list(const TablePlan& plan) {
    std::string list;
    for (const std::size_t index : writable_columns(plan)) {
        if (!list.empty()) list += ", ";
        list += read_expression(plan.columns[index]);
    }
    return list.empty() ? "NULL" : list;  // all columns are generated: only the number of rows is to be read
}

std::size_t escape_load_bytes(std::string_view bytes, char* out) noexcept {
    char* const begin = out;
    const char* from = bytes.data();
    std::size_t left = bytes.size();
    while (true) {
        const std::size_t run = plain_run(from, left);
        if (run != 0) std::memcpy(out, from, run);
        out += run;
        from += run;
        left -= run;
        if (left == 0) return static_cast<std::size_t>(out - begin);
        *out++ = '\\';
        *out++ = *from == '\t' ? 't' : *from == '\n' ? 'n' : '\\';
        ++from;
        --left;
    }
}

void append_load_row(RowView row, std::string& buffer) {
    std::size_t most = row.size();
    for (const Field& field : row) most += field.null() ? load_null.size() : 2 * field.size;
    const std::size_t begin = buffer.size();
    buffer.resize(begin + most);
    char* out = buffer.data() + begin;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (i != 0) *out++ = load_field_end;
        if (row[i].null()) {
            std::memcpy(out, load_null.data(), load_null.size());
            out += load_null.size();
        } else {
            out += escape_load_bytes(row[i].view(), out);
        }
    }
    *out++ = load_row_end;
    buffer.resize(static_cast<std::size_t>(out - buffer.data()));
}

std::string load_statement(const TablePlan& plan) {
    std::string fields;
    std::string settings;
    const bool some_set = std::any_of(plan.columns.begin(), plan.columns.end(), [](const Column& column) {
        return is_written(column) && !load_expression(column, "@v").empty();
    });
    for (const std::size_t index : writable_columns(plan)) {
        const Column& column = plan.columns[index];
        const std::string variable = "@v" + std::to_string(index);
        std::string expression = load_expression(column, variable);
        // With SET servers forget that an AUTO_INCREMENT column outside it was given, and number a 0 anew in
        // spite of NO_AUTO_VALUE_ON_ZERO.
        if (some_set && column.auto_increment && expression.empty()) expression = variable;
        if (!fields.empty()) fields += ", ";
        if (expression.empty()) {
            fields += quote_name(column.on_target());
        } else {
            fields += variable;
            settings += (settings.empty() ? " SET " : ", ") + quote_name(column.on_target()) + " = " + expression;
        }
    }
    const std::string statement =
        "LOAD DATA LOCAL INFILE 'rows' INTO TABLE " + quote_name(plan.target) +
        " CHARACTER SET binary FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n'";
    if (has_geometry_that_must_be(plan) && list_can_be_left_out(plan)) return statement;
    return statement + " (" + fields + ")" + settings;
}

bool load_is_possible(const TablePlan& plan) {
    if (writable_columns(plan).empty()) return false;
    return !has_geometry_that_must_be(plan) || list_can_be_left_out(plan);
}

std::string insert_prefix(const TablePlan& plan) {
    std::string fields;
    for (const std::size_t index : writable_columns(plan)) {
        if (!fields.empty()) fields += ", ";
        fields += quote_name(plan.columns[index].on_target());
    }
    return "INSERT INTO " + quote_name(plan.target) + " (" + fields + ") VALUES ";
}

std::vector<ValueFrame> insert_frames(const TablePlan& plan) {
    std::vector<ValueFrame> frames;
    for (const std::size_t index : writable_columns(plan))
        frames.push_back(insert_frame(plan.columns[index]));
    return frames;
}

void append_insert_row(const TablePlan& plan, RowView row, std::string& sql) {
    sql += '(';
    if (writable_columns(plan).empty()) {
        sql += ')';
        return;
    }
    std::size_t at = 0;
    for (const Column& column : plan.columns) {
        if (!is_written(column)) continue;
        const Field& field = row[at];
        if (at++ != 0) sql += ',';
        if (field.null()) {
            sql += "NULL";
            continue;
        }
        const ValueFrame frame = insert_frame(column);
        sql += frame.before;
        if (frame.quoted)
            append_escaped(field.view(), sql);
        else
            sql += field.view();
        sql += frame.after;
    }
    if (at != row.size()) throw std::logic_error("append_insert_row: row and plan differ in their columns");
    sql += ')';
}

}  // namespace transload::mysql

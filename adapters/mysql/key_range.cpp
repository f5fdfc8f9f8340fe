#include "adapters/mysql/key_range.hpp"

#include <algorithm>
#include <cstdlib>

#include "adapters/mysql/column_kind.hpp"
#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/row_codec.hpp"

namespace transload::mysql {
namespace {

const Column& part_column(const TablePlan& plan, std::size_t part) {
    return plan.columns[plan.key->parts[part].column];
}

enum class Side { after, upto };

/// Condition on the key parts from `part` on; nested so that each part is compared once per level.
std::string bound(const TablePlan& plan, const KeyValue& key, Side side, std::size_t part) {
    const Column& column = part_column(plan, part);
    const bool last = part + 1 == plan.key->parts.size();
    const bool upwards = (side == Side::after) != plan.key->parts[part].descending;
    const std::string name = quote_name(column.name);
    const std::string literal = key_literal(column, key[part]);
    const std::string strict = name + (upwards ? " > " : " < ") + literal;
    if (last) return side == Side::after ? strict : name + (upwards ? " >= " : " <= ") + literal;
    return "(" + strict + " OR (" + name + " = " + literal + " AND " + bound(plan, key, side, part + 1) +
           "))";
}

std::string bound(const TablePlan& plan, const KeyValue& key, Side side) {
    if (key.size() != plan.key->parts.size())
        throw Error(ErrorKind::failed, "key.parts", plan.source.display(),
                    "a bound has " + std::to_string(key.size()) + " values for a key of " +
                        std::to_string(plan.key->parts.size()) + " columns",
                    "begin the job anew with --restart");
    std::string condition = bound(plan, key, side, 0);
    if (key.size() > 1) {
        // Says the range of the first part a second time: the optimizer then has it without looking into the
        // OR.
        const bool upwards = (side == Side::after) != plan.key->parts[0].descending;
        condition = quote_name(part_column(plan, 0).name) + (upwards ? " >= " : " <= ") +
                    key_literal(part_column(plan, 0), key[0]) + " AND " + condition;
    }
    return condition;
}

std::string order(const TablePlan& plan, bool reversed) {
    std::string list;
    for (const KeyPart& part : plan.key->parts) {
        if (!list.empty()) list += ", ";
        list += quote_name(plan.columns[part.column].name);
        if (part.descending != reversed) list += " DESC";
    }
    return list;
}

bool readable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

constexpr char hex_digits[] = "0123456789abcdef";

}  // namespace

std::string key_expression(const Column& column) {
    if (column_kind(column) == ColumnKind::bit) return "CAST(" + quote_name(column.name) + " AS UNSIGNED)";
    return read_expression(column);
}

std::string key_select_list(const TablePlan& plan) {
    std::string list;
    for (const KeyPart& part : plan.key->parts) {
        if (!list.empty()) list += ", ";
        list += key_expression(plan.columns[part.column]);
    }
    return list;
}

KeyReading key_reading(const TablePlan& plan) {
    KeyReading reading;
    const auto written = writable_columns(plan);
    std::size_t next = written.size();
    for (const KeyPart& part : plan.key->parts) {
        const Column& column = plan.columns[part.column];
        const std::string expression = key_expression(column);
        const auto found = std::find(written.begin(), written.end(), part.column);
        if (found != written.end() && expression == read_expression(column)) {
            reading.fields.push_back(static_cast<std::size_t>(found - written.begin()));
        } else {
            reading.extra += ", " + expression;
            reading.fields.push_back(next++);
        }
    }
    return reading;
}

KeyValue read_key(const KeyReading& reading, RowView row) {
    KeyValue key;
    key.reserve(reading.fields.size());
    for (const std::size_t field : reading.fields) key.emplace_back(row[field].view());
    return key;
}

std::string key_literal(const Column& column, std::string_view raw) {
    switch (column_kind(column)) {
        case ColumnKind::integer:
        case ColumnKind::decimal:
        case ColumnKind::bit:
        case ColumnKind::enumeration:
        case ColumnKind::set:
            return std::string(raw);
        case ColumnKind::real:
            // With an exponent it is a DOUBLE; without one it would be a DECIMAL.
            return raw.find_first_of("eE") == std::string_view::npos ? std::string(raw) + "e0"
                                                                     : std::string(raw);
        case ColumnKind::temporal:
            return "'" + std::string(raw) + "'";
        case ColumnKind::native_text:
            return quote_text(raw);
        case ColumnKind::text:
            return charset_literal(column.charset, raw);
        case ColumnKind::binary:
            return hex_literal(raw);
        case ColumnKind::json:
            break;
    }
    throw Error(ErrorKind::failed, "key.type", column.name, "a JSON column can't be part of a key", "");
}

std::string row_condition(const TablePlan& plan) {
    // The line break ends a comment that the user's condition may end with.
    return plan.row_filter.empty() ? "TRUE" : "(" + plan.row_filter + "\n)";
}

std::string range_predicate(const TablePlan& plan, const KeyRange& range) {
    if (!range.after && !range.upto) return row_condition(plan);
    std::string condition = plan.row_filter.empty() ? "" : row_condition(plan) + " AND ";
    if (range.after) condition += bound(plan, *range.after, Side::after);
    if (range.after && range.upto) condition += " AND ";
    if (range.upto) condition += bound(plan, *range.upto, Side::upto);
    return condition;
}

std::string key_order(const TablePlan& plan) {
    return order(plan, false);
}
std::string key_order_reversed(const TablePlan& plan) {
    return order(plan, true);
}

std::string key_hint(const TablePlan& plan) {
    return "FORCE INDEX (" + quote_name(plan.key->index_name) + ")";
}

std::string describe_key(const TablePlan& plan, const KeyValue& key) {
    std::string text;
    for (std::size_t i = 0; i < key.size() && i < plan.key->parts.size(); ++i) {
        const Column& column = part_column(plan, i);
        if (!text.empty()) text += ", ";
        text += column.name + "=";
        switch (column_kind(column)) {
            case ColumnKind::integer:
            case ColumnKind::decimal:
            case ColumnKind::real:
            case ColumnKind::bit:
            case ColumnKind::enumeration:
            case ColumnKind::set:
                text += key[i];
                break;
            default: {
                const bool utf8 = column.charset.starts_with("utf8");
                const bool wide = column.charset.starts_with("ucs") || column.charset.starts_with("utf16") ||
                                  column.charset.starts_with("utf32");
                if (!wide && (readable(key[i]) || utf8)) {
                    text += "'" + key[i] + "'";
                } else {
                    text += "x'";
                    for (const char c : key[i]) {
                        const auto byte = static_cast<unsigned char>(c);
                        text += hex_digits[byte >> 4];
                        text += hex_digits[byte & 15];
                    }
                    text += "'";
                }
            }
        }
    }
    return text;
}

std::string encode_key(const KeyValue& key) {
    std::string text;
    for (std::size_t i = 0; i < key.size(); ++i) {
        if (i != 0) text += ',';
        for (const char c : key[i]) {
            const auto byte = static_cast<unsigned char>(c);
            if (byte >= 0x20 && byte < 0x7f && c != ',' && c != '\\') {
                text += c;
            } else {
                text += "\\x";
                text += hex_digits[byte >> 4];
                text += hex_digits[byte & 15];
            }
        }
    }
    return text;
}

KeyValue decode_key(std::string_view encoded) {
    KeyValue key(1);
    for (std::size_t i = 0; i < encoded.size(); ++i) {
        if (encoded[i] == ',') {
            key.emplace_back();
        } else if (encoded[i] == '\\' && i + 3 < encoded.size() && encoded[i + 1] == 'x') {
            const std::string digits(encoded.substr(i + 2, 2));
            key.back() += static_cast<char>(std::strtoul(digits.c_str(), nullptr, 16));
            i += 3;
        } else {
            key.back() += encoded[i];
        }
    }
    return key;
}

}  // namespace transload::mysql

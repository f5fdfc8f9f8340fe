#include "adapters/native/snapshot/load_warnings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "adapters/mysql/column_kind.hpp"
#include "adapters/mysql/key_range.hpp"
#include "adapters/mysql/row_codec.hpp"
#include "adapters/native/snapshot/load_rows.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::native {
namespace {

/// Talk about syntax, not about values: deprecations of things that the table's own definition may use.
constexpr unsigned harmless[] = {1287, 1681, 3719, 3720, 3778};
constexpr unsigned data_truncated = 1265;
constexpr unsigned wrong_value = 1292;
/// A division by zero, a bad argument of a function, an overflow of one: no plain value is stored that way.
constexpr unsigned only_in_expressions[] = {1365, 1411, 1441};

struct Warning {
    std::string text;
    unsigned code = 0;
    std::uint64_t row = 0;  ///< 1-based within the statement; 0 = the server names none
    std::string column;
};

/// The column in "… for column 'c'" or, MariaDB, "… for column `database`.`table`.`c`"; "" where none is named.
std::string named_column(const std::string& text, std::size_t at_row) {
    constexpr std::string_view quoted = "column '", backticked = " for column `", dot = "`.`";
    if (at_row == 0) return "";
    const char close = text[at_row - 1];
    std::size_t begin = std::string::npos;
    if (close == '\'') {
        begin = text.find(quoted);
        if (begin != std::string::npos) begin += quoted.size();
    } else if (close == '`' && text.find(backticked) != std::string::npos) {
        begin = text.rfind(dot);
        if (begin != std::string::npos) begin += dot.size();
    }
    return begin == std::string::npos || begin >= at_row ? "" : text.substr(begin, at_row - 1 - begin);
}

/// "Warning 1265 Data truncated for column 'c' at row 17"
Warning parse(const std::string& text) {
    Warning warning{.text = text};
    const std::size_t space = text.find(' ');
    if (space != std::string::npos)
        warning.code = static_cast<unsigned>(std::strtoul(text.c_str() + space, nullptr, 10));
    constexpr std::string_view behind = " at row ";
    const std::size_t at = text.rfind(behind);
    const std::size_t digits = at == std::string::npos ? at : at + behind.size();
    // A value that ends so stands in quotes.
    if (digits == std::string::npos || digits == text.size() ||
        text.find_first_not_of("0123456789", digits) != std::string::npos)
        return warning;
    warning.row = std::strtoull(text.c_str() + digits, nullptr, 10);
    warning.column = named_column(text, at);
    return warning;
}

bool is_harmless(const Warning& warning) {
    return std::find(std::begin(harmless), std::end(harmless), warning.code) != std::end(harmless);
}

/// An ENUM value that has no name was sent as 0 and is stored as 0; servers remark on it all the same.
bool is_nameless_member(const TablePlan& plan, const Warning& warning, mysql::RowView row) {
    if (warning.code != data_truncated) return false;
    const auto written = mysql::writable_columns(plan);
    for (std::size_t i = 0; i < written.size(); ++i) {
        const Column& column = plan.columns[written[i]];
        if (column.on_target() == warning.column)
            return mysql::column_kind(column) == mysql::ColumnKind::enumeration && row[i].view() == "0";
    }
    return false;
}

/// Types that take any text as a number or as it is: what they refuse is 1264, 1265, 1366 or 1406, never 1292.
bool never_stores_with_1292(const Column& column) {
    constexpr std::string_view types[] = {"tinyint", "smallint", "mediumint",  "int",        "bigint",
                                          "decimal", "float",    "double",     "char",       "varchar",
                                          "tinytext", "text",    "mediumtext", "longtext"};
    return std::find(std::begin(types), std::end(types), column.data_type) != std::end(types);
}

/// About a value that the server made while it evaluated a generated column or a CHECK constraint, not about one
/// that was sent. Both sides make it by the same expression, and validation compares generated columns. A CHECK that
/// is violated is never among these: LOAD DATA skips that row, with a warning of its own (3819, MariaDB 4025).
bool is_about_an_expression(const TablePlan& plan, const Warning& warning) {
    if (std::find(std::begin(only_in_expressions), std::end(only_in_expressions), warning.code) !=
        std::end(only_in_expressions))
        return true;
    // Storing always names the column. The casts of the load statement itself get numbers that the source printed.
    if (warning.code == wrong_value && warning.row == 0)
        return warning.text.find(" Truncated incorrect ") != std::string::npos;
    return std::any_of(plan.columns.begin(), plan.columns.end(), [&](const Column& column) {
        return !column.left_out && column.on_target() == warning.column &&
               (column.generated || (warning.code == wrong_value && never_stores_with_1292(column)));
    });
}

[[noreturn]] void refuse(const TablePlan& plan, const Warning& warning, std::optional<mysql::RowView> row) {
    std::string key;
    if (row && plan.key) {
        const mysql::KeyReading reading = mysql::key_reading(plan);
        if (reading.extra.empty()) key = mysql::describe_key(plan, mysql::read_key(reading, *row));
    }
    throw Error(ErrorKind::failed, "native.value_changed", plan.source.display(),
                fmt::format("the target would not take a value as it is{}: {}",
                            key.empty() ? "" : " (row " + key + ")", warning.text),
                "the rows of this chunk were not kept; compare the column's definition on both sides, and look for "
                "rows that were in the target table before");
}

}  // namespace

std::uint64_t most_rows_per_statement(const TablePlan& plan) {
    const auto enums = std::count_if(plan.columns.begin(), plan.columns.end(), [](const Column& column) {
        return !column.generated && !column.left_out && column.data_type == "enum";
    });
    return enums == 0 ? 0 : most_warnings / static_cast<std::uint64_t>(enums) / 2;
}

void refuse_changes(const TablePlan& plan, const ChunkBuffer& rows, std::uint64_t first_row,
                    const std::vector<std::string>& warnings, std::uint64_t count) {
    std::vector<Warning> open;
    for (const std::string& text : warnings) {
        Warning warning = parse(text);
        if (!is_harmless(warning) && !is_about_an_expression(plan, warning)) open.push_back(std::move(warning));
    }
    std::stable_sort(open.begin(), open.end(), [](const Warning& a, const Warning& b) { return a.row < b.row; });
    LoadRowReader reader(rows);
    std::uint64_t number = 0;
    std::optional<mysql::RowView> row;
    for (const Warning& warning : open) {
        if (warning.row == 0) refuse(plan, warning, std::nullopt);
        while (number < first_row + warning.row) {
            row = reader.next();
            if (!row) refuse(plan, warning, std::nullopt);
            ++number;
        }
        if (!is_nameless_member(plan, warning, *row)) refuse(plan, warning, row);
    }
    // Servers count no further than they show: behind the last one there may be more, about values.
    if (count > warnings.size() || count >= most_warnings)
        refuse(plan, {.text = fmt::format("{} warnings, of which the server shows {}", count, warnings.size())},
               std::nullopt);
}

}  // namespace transload::native

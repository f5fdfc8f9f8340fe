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

struct Warning {
    std::string text;
    unsigned code = 0;
    std::uint64_t row = 0;  ///< 1-based within the statement; 0 = the server names none
    std::string column;
};

/// "Warning 1265 Data truncated for column 'c' at row 17"
Warning parse(const std::string& text) {
    Warning warning{.text = text};
    const std::size_t space = text.find(' ');
    if (space != std::string::npos)
        warning.code = static_cast<unsigned>(std::strtoul(text.c_str() + space, nullptr, 10));
    const std::size_t at = text.rfind("row ");
    if (at == std::string::npos) return warning;
    warning.row = std::strtoull(text.c_str() + at + 4, nullptr, 10);
    constexpr std::string_view before = "column '", behind = "' at row ";
    const std::size_t begin = text.find(before);
    const std::size_t end = text.rfind(behind);
    if (begin != std::string::npos && end != std::string::npos && begin + before.size() <= end)
        warning.column = text.substr(begin + before.size(), end - begin - before.size());
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
        if (column.name == warning.column)
            return mysql::column_kind(column) == mysql::ColumnKind::enumeration && row[i].view() == "0";
    }
    return false;
}

/// The server computed the value on both sides by the same expression; validation compares the results.
bool is_computed(const TablePlan& plan, const Warning& warning) {
    return std::any_of(plan.columns.begin(), plan.columns.end(), [&](const Column& column) {
        return column.generated && column.name == warning.column;
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
        return !column.generated && column.data_type == "enum";
    });
    return enums == 0 ? 0 : most_warnings / static_cast<std::uint64_t>(enums) / 2;
}

void refuse_changes(const TablePlan& plan, const ChunkBuffer& rows, std::uint64_t first_row,
                    const std::vector<std::string>& warnings, std::uint64_t count) {
    std::vector<Warning> open;
    for (const std::string& text : warnings) {
        Warning warning = parse(text);
        if (!is_harmless(warning) && !is_computed(plan, warning)) open.push_back(std::move(warning));
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
    if (count > warnings.size())
        refuse(plan, {.text = fmt::format("{} warnings, of which the server shows {}", count, warnings.size())},
               std::nullopt);
}

}  // namespace transload::native

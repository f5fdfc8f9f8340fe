#include "adapters/native/stream/table_shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "adapters/mysql/column_kind.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::native {
namespace {

using mysql::ColumnKind;

bool has_wide_spaces(const Column& column) {
    const std::string& name = column.charset;
    return name.starts_with("ucs2") || name.starts_with("utf16") || name.starts_with("utf32");
}

/// One index as information_schema lists it, part by part.
struct ListedIndex {
    UniqueIndex index{{}, true, true};
    bool known = true;  ///< all columns are in the plan
};

std::optional<std::size_t> column_on_target(const TablePlan& plan, std::string_view name) {
    for (std::size_t i = 0; i < plan.columns.size(); ++i)
        if (plan.columns[i].on_target() == name && !plan.columns[i].left_out) return i;
    return std::nullopt;
}

void add_part(const TablePlan& plan, const mysql::Value& name, bool prefix, ListedIndex& listed) {
    const auto column = name ? column_on_target(plan, *name) : std::nullopt;
    if (!column || plan.columns[*column].generated) {
        listed.index.judged = listed.index.transparent = false;
        listed.known = false;
        return;
    }
    listed.index.columns.push_back(*column);
    if (prefix || !is_judged(plan.columns[*column])) listed.index.judged = false;
}

std::size_t filled_columns(const TablePlan& plan) {
    return static_cast<std::size_t>(std::count_if(plan.columns.begin(), plan.columns.end(), [](const Column& column) { return !column.left_out; }));
}

bool is_row_key(const TablePlan& plan, const ListedIndex& listed) {
    if (!plan.key || !listed.known || plan.key->parts.size() != listed.index.columns.size()) return false;
    for (std::size_t i = 0; i < listed.index.columns.size(); ++i)
        if (plan.key->parts[i].column != listed.index.columns[i]) return false;
    return true;
}

}  // namespace

bool is_judged(const Column& column) {
    switch (mysql::column_kind(column)) {
        case ColumnKind::text:
            return (column.collation == "binary" || column.collation.ends_with("_bin")) && !has_wide_spaces(column);
        case ColumnKind::json:
            return false;
        default:
            return true;
    }
}

bool is_exact(const Column& column) {
    switch (mysql::column_kind(column)) {
        case ColumnKind::real:
        case ColumnKind::json:
        case ColumnKind::text:
            return false;
        default:
            return true;
    }
}

std::string_view comparable_value(const Column& column, std::string_view bytes) {
    switch (mysql::column_kind(column)) {
        case ColumnKind::text: {
            const std::size_t end = bytes.find_last_not_of(' ');
            return bytes.substr(0, end == std::string_view::npos ? 0 : end + 1);
        }
        case ColumnKind::real:
            return bytes == "-0" ? bytes.substr(1) : bytes;
        default:
            return bytes;
    }
}

bool TableShape::whole() const {
    if (!keyed || !key_is_judged || cluster != 0) return true;
    return std::any_of(uniques.begin(), uniques.end(), [](const UniqueIndex& index) { return !index.judged; });
}

std::vector<TableShape> read_shapes(mysql::Connection& to, const std::vector<TablePlan>& tables) {
    std::map<std::pair<std::string, std::string>, std::map<std::string, ListedIndex>> listed;
    std::map<std::pair<std::string, std::string>, const TablePlan*> wanted;
    std::string databases;
    for (const TablePlan& plan : tables) {
        if (wanted.emplace(std::pair{plan.target.database, plan.target.table}, &plan).second &&
            databases.find(mysql::quote_text(plan.target.database)) == std::string::npos)
            databases += (databases.empty() ? "" : ", ") + mysql::quote_text(plan.target.database);
    }
    if (!databases.empty())
        for (const mysql::Row& row :
             to.query("SELECT table_schema, table_name, index_name, column_name, sub_part FROM "
                      "information_schema.statistics WHERE non_unique = 0 AND table_schema IN (" +
                      databases + ") ORDER BY table_schema, table_name, index_name, seq_in_index")
                 .rows) {
            const std::pair name{row[0].value_or(""), row[1].value_or("")};
            const auto plan = wanted.find(name);
            if (plan != wanted.end())
                add_part(*plan->second, row[3], row[4].has_value(), listed[name][row[2].value_or("")]);
        }
    std::map<std::pair<std::string, std::string>, std::size_t> widths;
    if (!databases.empty())
        for (const mysql::Row& row : to.query("SELECT table_schema, table_name, COUNT(*) FROM information_schema.columns WHERE "
                                              "table_schema IN (" +
                                              databases + ") GROUP BY table_schema, table_name")
                                         .rows)
            widths[{row[0].value_or(""), row[1].value_or("")}] = std::stoull(row[2].value_or("0"));
    std::vector<TableShape> shapes(tables.size());
    for (std::size_t i = 0; i < tables.size(); ++i) {
        const TablePlan& plan = tables[i];
        TableShape& shape = shapes[i];
        shape.keyed = plan.key.has_value();
        if (plan.key) {
            const auto all_parts = [&](bool (*fits)(const Column&)) {
                return std::all_of(plan.key->parts.begin(), plan.key->parts.end(),
                                   [&](const KeyPart& part) { return fits(plan.columns[part.column]); });
            };
            shape.key_is_exact = all_parts(is_exact);
            shape.key_is_judged = all_parts(is_judged);
        }
        shape.keeps_columns = widths[{plan.target.database, plan.target.table}] > filled_columns(plan);
        bool key_found = false;
        for (auto& [name, index] : listed[{plan.target.database, plan.target.table}]) {
            if (!key_found && is_row_key(plan, index))
                key_found = true;
            else
                shape.uniques.push_back(std::move(index.index));
        }
    }
    return shapes;
}

std::string encode_shapes(const std::vector<TableShape>& shapes) {
    std::string text = "1";
    for (const TableShape& shape : shapes) {
        text += fmt::format(";{}{}{}{}{}", int{shape.keyed}, int{shape.key_is_exact}, int{shape.key_is_judged},
                            shape.cluster == 0 ? "" : "c" + std::to_string(shape.cluster), shape.keeps_columns ? "k" : "");
        for (const UniqueIndex& index : shape.uniques)
            text += fmt::format("/{}{}{}{}", int{index.judged}, int{index.transparent}, index.columns.empty() ? "" : ":",
                                fmt::join(index.columns, ","));
    }
    return text;
}

std::vector<TableShape> decode_shapes(std::string_view text) {
    std::size_t at = 0;
    const auto refuse = [&] {
        throw Error(ErrorKind::failed, "native.checkpoint_version", "_transload.stream_state",
                    fmt::format("the record of the target's unique keys can't be read (at character {})", at),
                    "finish the job with the program that began it");
    };
    const auto next = [&] {
        if (at == text.size()) refuse();
        return text[at++];
    };
    const auto skip = [&](char c) {
        const bool found = at < text.size() && text[at] == c;
        if (found) ++at;
        return found;
    };
    const auto number = [&] {
        std::size_t value = 0;
        const auto result = std::from_chars(text.data() + at, text.data() + text.size(), value);
        if (result.ec != std::errc{}) refuse();
        at = static_cast<std::size_t>(result.ptr - text.data());
        return value;
    };
    if (next() != '1') refuse();
    std::vector<TableShape> shapes;
    while (skip(';')) {
        TableShape& shape = shapes.emplace_back();
        shape.keyed = next() == '1';
        shape.key_is_exact = next() == '1';
        shape.key_is_judged = next() == '1';
        if (skip('c')) shape.cluster = static_cast<unsigned>(number());
        shape.keeps_columns = skip('k');
        while (skip('/')) {
            UniqueIndex& index = shape.uniques.emplace_back();
            index.judged = next() == '1';
            index.transparent = next() == '1';
            if (!skip(':')) continue;
            do index.columns.push_back(number());
            while (skip(','));
        }
    }
    if (at != text.size()) refuse();
    return shapes;
}

}  // namespace transload::native

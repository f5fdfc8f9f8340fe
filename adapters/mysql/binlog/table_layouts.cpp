#include "adapters/mysql/binlog/table_layouts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "orchestrator/plan/error.hpp"

namespace transload::mysql::binlog {
namespace {

constexpr std::size_t most_entries = 20'000;
constexpr std::string_view own_database = "_transload";

[[noreturn]] void changed(const TablePlan& plan, const std::string& how) {
    throw Error(ErrorKind::failed, "binlog.table_changed", plan.source.display(),
                fmt::format("the change log describes {} otherwise than the job knows it: {}", plan.source.display(), how),
                "the table was altered after the job began: begin the job anew with --restart, or leave the table out");
}

}  // namespace

PlanNames::PlanNames(const std::vector<TablePlan>& tables, bool any_case) : tables_(tables), any_case_(any_case) {
    for (std::uint32_t i = 0; i < tables.size(); ++i) {
        tables_by_name_.emplace(key(tables[i].source.database, tables[i].source.table), i);
        databases_.emplace(key(tables[i].source.database, {}), i);
    }
}

std::string PlanNames::key(std::string_view database, std::string_view table) const {
    std::string key;
    key.reserve(database.size() + table.size() + 1);
    key.append(database).append(1, '\0').append(table);
    // Only ASCII: what differs in other letters' case is found by nobody, as before.
    if (any_case_) std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return std::tolower(c); });
    return key;
}

std::optional<std::uint32_t> PlanNames::find(std::string_view database, std::string_view table) const {
    const auto found = tables_by_name_.find(key(database, table));
    return found == tables_by_name_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::uint32_t> PlanNames::database(std::string_view name) const {
    const auto found = databases_.find(key(name, {}));
    return found == databases_.end() ? std::nullopt : std::optional(found->second);
}

std::unique_ptr<TableLayout> TableLayouts::lay_out(const TableMap& map, std::uint32_t table) const {
    const TablePlan& plan = names_.tables()[table];
    const std::size_t logged = map.columns.size(), known = plan.columns.size();
    const std::size_t hidden = table < hidden_columns_.size() ? hidden_columns_[table] : 0;
    if (logged != known + hidden) changed(plan, fmt::format("{} columns instead of {}", logged, known + hidden));
    auto layout = std::make_unique<TableLayout>();
    layout->table = table;
    for (std::size_t i = 0; i < logged; ++i) {
        const Column* const column = i < known ? &plan.columns[i] : nullptr;
        const std::optional<CellLayout> cell = cell_layout(map.columns[i], column);
        if (!cell)
            changed(plan, fmt::format("column {} ({}) has another type ({})", column->name, column->column_type,
                                      map.columns[i].type));
        layout->cells.push_back(*cell);
        layout->cells.back().column = static_cast<std::uint32_t>(i);
        layout->cells.back().wanted = column != nullptr && !column->generated && !column->left_out;
        if (cell->form == CellForm::json) ++layout->json_columns;
    }
    return layout;
}

TableLayouts::Owner TableLayouts::add(std::string_view body) {
    const std::uint64_t id = ByteReader(body).little(6);
    if (const auto known = by_id_.find(id); known != by_id_.end() && known->second.body == body)
        return known->second.owner;
    const TableMap map = read_table_map(body);
    Entry entry;
    entry.body = body;
    if (map.database == own_database) {
        entry.owner = Owner::transload;
    } else if (const auto table = names_.find(map.database, map.table)) {
        entry.owner = Owner::job;
        entry.layout = lay_out(map, *table);
    }
    if (by_id_.size() >= most_entries) by_id_.clear();  // every statement introduces its tables anew
    Entry& kept = by_id_[id];
    kept = std::move(entry);
    return kept.owner;
}

const TableLayout* TableLayouts::find(std::uint64_t id) const {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) ByteReader::fail("rows of a table that was not introduced");
    return found->second.layout.get();
}

}  // namespace transload::mysql::binlog

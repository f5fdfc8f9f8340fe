#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/mysql/binlog/cell.hpp"
#include "orchestrator/plan/table_plan.hpp"

namespace transload::mysql::binlog {

/// A table as the log's row events have it.
struct TableLayout {
    std::uint32_t table = 0;  ///< index into the plans
    std::vector<CellLayout> cells;
    std::size_t json_columns = 0;
};

/// Finds plans by the names that the log writes.
class PlanNames {
  public:
    /// `tables` must outlive it. `any_case`: names differ in more than case (lower_case_table_names is not 0).
    PlanNames(const std::vector<TablePlan>& tables, bool any_case);

    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view database, std::string_view table) const;
    /// A database with plans; the index of its first.
    [[nodiscard]] std::optional<std::uint32_t> database(std::string_view name) const;
    [[nodiscard]] const std::vector<TablePlan>& tables() const { return tables_; }

  private:
    [[nodiscard]] std::string key(std::string_view database, std::string_view table) const;

    const std::vector<TablePlan>& tables_;
    bool any_case_;
    std::unordered_map<std::string, std::uint32_t> tables_by_name_;
    std::unordered_map<std::string, std::uint32_t> databases_;
};

/// What the TABLE_MAP events of a log say, compared with the plans.
class TableLayouts {
  public:
    /// `hidden_columns`: by plan, how many columns the log has at the end that the table does not show; empty: none.
    TableLayouts(const PlanNames& names, std::vector<std::size_t> hidden_columns)
        : names_(names), hidden_columns_(std::move(hidden_columns)) {}

    enum class Owner { job, stranger, transload };

    /// Takes an event's body. Throws Malformed, Error{failed, "binlog.table_changed"}.
    Owner add(std::string_view body);

    /// nullptr: a table that is not the job's. Throws Malformed for an id that no event introduced.
    [[nodiscard]] const TableLayout* find(std::uint64_t id) const;

    void clear() { by_id_.clear(); }

  private:
    struct Entry {
        std::string body;
        Owner owner = Owner::stranger;
        std::unique_ptr<TableLayout> layout;
    };
    [[nodiscard]] std::unique_ptr<TableLayout> lay_out(const TableMap& map, std::uint32_t table) const;

    const PlanNames& names_;
    std::vector<std::size_t> hidden_columns_;
    std::unordered_map<std::uint64_t, Entry> by_id_;
};

}  // namespace transload::mysql::binlog

#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "adapters/native/stream/net_changes.hpp"
#include "orchestrator/plan/table_plan.hpp"

namespace transload::native {

/// Foreign keys of the server that is read whose actions (CASCADE, SET NULL) its storage engine carries out without
/// writing them into the change log: they are carried out on the target here.
class Cascades {
  public:
    /// None.
    Cascades() = default;
    /// Asks the server that is read. `tables` must outlive it.
    Cascades(mysql::Connection& from, const std::vector<TablePlan>& tables);

    [[nodiscard]] bool empty() const { return links_.empty(); }
    /// Tables that refer to each other get the same number, from 1 on, in `shapes`.
    void mark_clusters(std::vector<TableShape>& shapes) const;
    /// Rows of other tables may change with this one.
    [[nodiscard]] bool concern(const mysql::binlog::RowChange& change) const;
    /// Every table that rows may change in.
    [[nodiscard]] std::vector<bool> reached() const;

    /// What the storage engine did to the children before it changed the row itself. `change.reach`, where not empty,
    /// has a condition per table of the job: rows outside it contain the effect already.
    void carry_out(mysql::Connection& connection, const OrderedChange& change) const;

    /// Foreign keys with actions whose parent table the job does not take: "shop.items (fk_order)".
    [[nodiscard]] const std::vector<std::string>& orphans() const { return orphans_; }

  private:
    enum class Action { none, cascade, set_null };
    struct Link {
        std::uint32_t parent = 0;
        std::uint32_t child = 0;
        std::vector<std::size_t> parent_columns;
        std::vector<std::size_t> child_columns;
        Action on_delete = Action::none;
        Action on_update = Action::none;
    };
    using Literals = std::vector<std::string>;  ///< SQL per column of a table; empty: not known or not changed

    struct Way {
        std::uint32_t table;  ///< of the row that it began with
        const std::vector<std::string>& reach;
        std::string not_itself;  ///< " AND NOT (key of that row)"
    };
    void act(mysql::Connection& connection, std::uint32_t parent, const Literals& before, const Literals* after,
             const Way& way, unsigned depth) const;
    [[nodiscard]] Literals literals(std::uint32_t table, const mysql::binlog::RowImage& image) const;
    [[nodiscard]] bool is_parent(std::uint32_t table) const;

    const std::vector<TablePlan>* tables_ = nullptr;
    std::vector<Link> links_;
    std::vector<std::string> orphans_;
};

}  // namespace transload::native

#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/mysql/binlog/change.hpp"
#include "adapters/native/stream/table_shape.hpp"
#include "orchestrator/plan/table_plan.hpp"

namespace transload::native {

/// What is to be done with one side (old key, new key) of a change.
enum class Verdict : std::uint8_t {
    drop,     ///< the copied rows contain it, or the target does not want the row
    apply,
    lenient,  ///< the copied rows may contain it: written so that it does not matter
};
struct Verdicts {
    Verdict before = Verdict::apply;
    Verdict after = Verdict::apply;
};

/// The effect of a group on one row. Dead: changes that cancelled each other out.
struct NetChange {
    enum class Kind : std::uint8_t { dead, insert, update, replace, remove };
    Kind kind = Kind::dead;
    bool lenient = false;
    mysql::binlog::RowImage before;  ///< update, replace, remove: as before the group
    mysql::binlog::RowImage after;   ///< insert, replace: whole; update: what is assigned
};

/// A change that has to be carried out at its place among others.
struct OrderedChange {
    std::uint32_t table = 0;
    mysql::binlog::ChangeKind kind = mysql::binlog::ChangeKind::insert;
    bool lenient = false;
    bool cascades = false;  ///< children of the row change with it
    bool dropped = false;   ///< only its cascades are left to do
    mysql::binlog::RowImage before;
    mysql::binlog::RowImage after;
    /// For cascades: per table that they may reach, the condition on rows that don't contain them yet. See Cascades.
    std::vector<std::string> reach;
};

/// Net changes of the table come first, then the ordered ones (of the table, or of its cluster in the cluster's lowest
/// table).
struct TableChanges {
    std::vector<NetChange> net;
    std::vector<OrderedChange> ordered;
    std::unordered_map<std::string, std::uint32_t> index;  ///< key bytes → net; only while folding
};

/// Folds a group's changes to what they amount to. Not thread-safe.
///
/// Once a change can't be folded (a row without a key; a table that keeps columns of its own; a new key or unique value with
/// an image that lacks columns; a patch) all later ones of its table in the group are kept in order. What comes out depends
/// only on the changes and shapes.
class NetChanges {
  public:
    /// Both must outlive it. Throws nothing.
    NetChanges(const std::vector<TablePlan>& plans, const std::vector<TableShape>& shapes);

    /// Throws Error{failed, "native.apply_conflict"} when the log contradicts itself, "native.partial_image" when the
    /// image lacks what is needed.
    void add(mysql::binlog::RowChange&& change, Verdicts verdicts);
    void add_cascading(mysql::binlog::RowChange&& change, Verdicts verdicts, std::vector<std::string> reach);

    [[nodiscard]] bool empty() const { return changes_ == 0; }
    [[nodiscard]] std::uint64_t changes() const { return changes_; }  ///< that were added and not dropped
    [[nodiscard]] std::size_t weight() const { return weight_; }      ///< bytes in memory, about, of what was added
    [[nodiscard]] std::vector<TableChanges>& tables() { return tables_; }
    [[nodiscard]] const std::vector<TableChanges>& tables() const { return tables_; }

  private:
    void order(mysql::binlog::RowChange&& change, Verdicts verdicts);
    void insert(std::uint32_t table, mysql::binlog::RowImage&& after, bool lenient);
    void remove(std::uint32_t table, mysql::binlog::RowImage&& before, bool lenient);
    void update(mysql::binlog::RowChange&& change, bool lenient);
    [[nodiscard]] NetChange& at_key(std::uint32_t table, const mysql::binlog::RowImage& image);
    [[nodiscard]] bool must_be_ordered(const mysql::binlog::RowChange& change) const;
    [[noreturn]] void contradiction(std::uint32_t table, const mysql::binlog::RowImage& image) const;

    const std::vector<TablePlan>& plans_;
    const std::vector<TableShape>& shapes_;
    std::vector<TableChanges> tables_;
    std::uint64_t changes_ = 0;
    std::size_t weight_ = 0;
    std::string key_;  ///< scratch
};

/// The columns that rows on the target have and that can be written.
[[nodiscard]] bool is_written(const Column& column);
/// Every written column is there, none as a patch.
[[nodiscard]] bool is_whole(const TablePlan& plan, const mysql::binlog::RowImage& image);
[[nodiscard]] bool same_cell(const mysql::binlog::RowImage& a, const mysql::binlog::RowImage& b, std::size_t column);
/// The update gives the row another key.
[[nodiscard]] bool moves_key(const TablePlan& plan, const mysql::binlog::RowImage& before,
                             const mysql::binlog::RowImage& after);
/// The update may give the row another value in one of `uniques`.
[[nodiscard]] bool touches_uniques(const TableShape& shape, const mysql::binlog::RowImage& before,
                                   const mysql::binlog::RowImage& after);

}  // namespace transload::native

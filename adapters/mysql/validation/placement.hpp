#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/mysql/validation/lane.hpp"
#include "adapters/mysql/validation/sharded_tables.hpp"
#include "adapters/mysql/validation/table_queries.hpp"

namespace transload::mysql::validation {

/// Rows of a sharded table that lie where `WHERE sharding_column = value` does not look for them. A read of the whole
/// table finds such a row, an application does not.
///
/// The shards are read directly; where the proxy would look for a value, it says itself (PREVIEW), so that any sharding
/// algorithm can be checked. Judged are integers and strings whose literal is plain; other types reach an
/// algorithm in another form from a statement's text than from a prepared statement, so that there is no one answer.
class Placement {
  public:
    Placement(const TablePlan& plan, const ShardedTable& table);

    /// False when nothing can be said: the rule is not the job's, or its column is of another type.
    [[nodiscard]] bool possible() const noexcept { return column_ != nullptr; }

    /// Called with the row's name for people and how it lies: "lies in ds_1.t_1, looked for in ds_0.t_0".
    using OnMisplaced = std::function<void(const std::string& key, const std::string& how)>;

    /// Checks the rows of a range (all rows of a table without a key). lane.on(Side::target) must be the proxy.
    void check(Lane& lane, const KeyRange& range, const OnMisplaced& on_misplaced) const;

  private:
    /// Literal → keys of its rows; of a table without a key as many empty ones.
    using Values = std::unordered_map<std::string, std::vector<KeyValue>>;

    void check_values(Connection& proxy, const ShardNode& node, const Values& values,
                      const OnMisplaced& on_misplaced) const;
    [[nodiscard]] std::string select(const std::string& table, const std::vector<std::string>& literals) const;

    const TablePlan& plan_;
    const ShardedTable& table_;
    const Column* column_ = nullptr;
};

}  // namespace transload::mysql::validation

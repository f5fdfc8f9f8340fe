#pragma once
#include <string>
#include <vector>

#include "adapters/mysql/binlog/change.hpp"
#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/row_codec.hpp"
#include "adapters/native/stream/table_shape.hpp"
#include "orchestrator/plan/table_plan.hpp"

namespace transload::native {

/// The statements that write one table, without the judging of what they did. For copy_write sessions. Immutable.
class TableSql {
  public:
    /// `plan` must outlive it.
    TableSql(const TablePlan& plan, const mysql::ServerVersion& version);

    [[nodiscard]] const TablePlan& plan() const { return *plan_; }

    /// "INSERT INTO t (…) VALUES ", to be followed by rows with ',' between them.
    [[nodiscard]] const std::string& insert_prefix() const { return insert_prefix_; }
    /// "(…)": every written column.
    void append_row(const mysql::binlog::RowImage& image, std::string& sql) const;
    /// Behind the rows: those whose key is there already are overwritten.
    [[nodiscard]] const std::string& overwrite_suffix() const { return overwrite_suffix_; }

    /// "DELETE FROM t WHERE ", then conditions: append_key for each row, with key_separator() between, then key_end().
    [[nodiscard]] const std::string& delete_prefix() const { return delete_prefix_; }
    void append_key(const mysql::binlog::RowImage& image, std::string& sql) const;
    [[nodiscard]] std::string_view key_separator() const;
    [[nodiscard]] std::string_view key_end() const;

    /// "UPDATE t SET …": what `after` assigns and `before` does not have already.
    void append_update(const mysql::binlog::RowImage& before, const mysql::binlog::RowImage& after,
                       std::string& sql) const;
    /// " WHERE key = …"
    void append_where_key(const mysql::binlog::RowImage& before, std::string& sql) const;
    /// " WHERE … LIMIT 1": one row that equals `before` in every byte.
    void append_where_row(const mysql::binlog::RowImage& before, std::string& sql) const;
    [[nodiscard]] std::string delete_row_prefix() const;

    /// The cell as it is written into its column.
    void append_value(std::size_t column, const mysql::binlog::RowImage& image, std::string& sql) const;

  private:
    void append_assignment(std::size_t column, std::string& sql, bool& first) const;

    const TablePlan* plan_;
    std::string table_;  ///< quoted
    std::vector<std::size_t> written_;
    std::vector<mysql::ValueFrame> frames_;  ///< per column of the plan
    std::vector<std::string> names_;         ///< per column of the plan, quoted, as on the target
    std::string insert_prefix_;
    std::string overwrite_suffix_;
    std::string delete_prefix_;
};

}  // namespace transload::native

#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/mysql/binlog/change.hpp"
#include "adapters/mysql/connection.hpp"
#include "adapters/native/stream/table_sql.hpp"

namespace transload::native {

/// Asks the written server which rows meet a condition, where only it can tell: keys in ranges of a collation, row filters
/// in SQL. The rows' values are put into a temporary table for that. One session; not thread-safe.
class KeyLookup {
  public:
    KeyLookup(const Endpoint& to, bool log_bin) : to_(to), log_bin_(log_bin) {}

    /// Row i, with the values of `columns` in rows[i], meets conditions[c] → result[c][i]. Column names in the conditions
    /// are those of the source. A new session is tried once when the old one is lost.
    [[nodiscard]] std::vector<std::vector<bool>> which(const TableSql& table, const std::vector<std::size_t>& columns,
                                                       const std::vector<const mysql::binlog::RowImage*>& rows,
                                                       const std::vector<std::string>& conditions);

  private:
    [[nodiscard]] std::vector<std::vector<bool>> attempt(const TableSql& table, const std::vector<std::size_t>& columns,
                                                         const std::vector<const mysql::binlog::RowImage*>& rows,
                                                         const std::vector<std::string>& conditions);
    const Endpoint& to_;
    const bool log_bin_;
    std::unique_ptr<mysql::Connection> connection_;
};

}  // namespace transload::native

#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "adapters/mysql/binlog/change_reader.hpp"
#include "tests/support/test_server.hpp"

namespace transload::test {

[[nodiscard]] Endpoint log_endpoint(const TestServer& server);

/// What the catalogue says of a database's tables.
[[nodiscard]] std::vector<TablePlan> plans_of(const TestServer& server, const std::string& database);

[[nodiscard]] mysql::binlog::Position position_now(const TestServer& server);

/// All pieces from `from` to where the log ends when it is called. Fails the test after 60 s.
[[nodiscard]] std::vector<mysql::binlog::Piece> read_log(const TestServer& server, const std::vector<TablePlan>& tables,
                                                         const mysql::binlog::Position& from,
                                                         mysql::binlog::ReaderOptions options = {});

/// Tables in memory, made of nothing but changes, with all columns in every image.
class Replica {
  public:
    explicit Replica(const TestServer& server, const std::vector<TablePlan>& tables);

    /// Throws when a change finds no row.
    void apply(const std::vector<mysql::binlog::Piece>& pieces);

    /// One line for each row that the server has and the replica has not, or the other way round, cell by cell as
    /// mysql::select_list reads it. At most twenty.
    [[nodiscard]] std::vector<std::string> differences() const;
    [[nodiscard]] std::size_t rows() const;

  private:
    [[nodiscard]] std::string row_of(std::size_t table, const mysql::binlog::RowImage& image) const;

    const TestServer& server_;
    const std::vector<TablePlan>& tables_;
    std::vector<std::map<std::string, int>> rows_;
};

/// A cell as text for messages and comparisons: "NULL", "absent", the bytes, or "=(expression)".
[[nodiscard]] std::string cell_text(const mysql::binlog::RowImage& image, std::size_t column);

}  // namespace transload::test

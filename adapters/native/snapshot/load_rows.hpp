#pragma once
#include <optional>
#include <string>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "adapters/native/flow/chunk_buffer.hpp"
#include "orchestrator/plan/table_plan.hpp"

namespace transload::native {

/// Reads a chunk's rows back out of the LOAD DATA format: for the INSERT fallback and to name a row.
class LoadRowReader {
  public:
    explicit LoadRowReader(const ChunkBuffer& buffer) : buffer_(buffer) {}

    /// The next row, valid until the next call; nullopt at the end.
    [[nodiscard]] std::optional<mysql::RowView> next();

  private:
    [[nodiscard]] int next_byte();

    const ChunkBuffer& buffer_;
    std::uint64_t offset_ = 0;
    std::string window_;
    std::size_t at_ = 0;
    std::string bytes_;  ///< of all fields of the row
    std::vector<std::size_t> ends_;
    std::vector<bool> nulls_;
    std::vector<mysql::Field> fields_;
};

/// All rows of a chunk as one INSERT, with no more memory than its text takes.
[[nodiscard]] std::string insert_statement(const TablePlan& plan, const ChunkBuffer& rows);

}  // namespace transload::native

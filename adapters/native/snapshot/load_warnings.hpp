#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "adapters/native/flow/chunk_buffer.hpp"
#include "orchestrator/plan/table_plan.hpp"

namespace transload::native {

/// How many warnings servers keep for SHOW WARNINGS at most, and count at all; writers set max_error_count to
/// it.
inline constexpr unsigned most_warnings = 65'535;

/// Rows that may go into one statement so that all warnings about ENUM values without a name (index 0), which
/// servers store rightly but not silently, can be looked at. 0 = any number.
[[nodiscard]] std::uint64_t most_rows_per_statement(const TablePlan& plan);

/// Judges the warnings ("Level Code Message") of the statement that wrote the rows from `first_row` (0-based)
/// on. Throws Error{failed, "native.value_changed"} when one of them says that a value did not arrive as it
/// was sent, naming table, row and the server's words, or when not all of the `count` warnings are there to
/// be judged.
void refuse_changes(const TablePlan& plan, const ChunkBuffer& rows, std::uint64_t first_row,
                    const std::vector<std::string>& warnings, std::uint64_t count);

}  // namespace transload::native

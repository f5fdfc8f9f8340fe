#pragma once
#include <vector>

#include "adapters/native/checkpoint/checkpoint_store.hpp"
#include "adapters/native/stream/window.hpp"

namespace transload::native {

/// What the stream must know of the rows that were copied: for each table the runs of touching chunks that were read at
/// the same position. `tables` in the order of the job's. Throws Error{failed, "native.view_unplaced"} for a chunk of a
/// view whose position in the log is not known.
[[nodiscard]] Window window_of(const std::vector<TableCheckpoint>& tables, const std::vector<ViewRecord>& views);

/// The latest position of a window; nullopt when no table has a chunk.
[[nodiscard]] std::optional<mysql::binlog::Position> end_of(const Window& window);

/// All rows were read at one position.
[[nodiscard]] bool is_of_one_view(const Window& window);

}  // namespace transload::native

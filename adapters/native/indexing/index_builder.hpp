#pragma once
#include "adapters/native/flow/interrupter.hpp"
#include "adapters/native/flow/progress_board.hpp"
#include "adapters/native/flow/run_state.hpp"
#include "orchestrator/ports/data_engine.hpp"

namespace transload::native {

/// Builds the deferred indexes, one ALTER per table where the server can do that in one pass, several tables
/// at a time, and carries the AUTO_INCREMENT counters over. Idempotent: what is there is left alone, and an
/// ALTER is done wholly or not at all. Throws Error naming the table.
void finish_tables(const DataJob& job, ProgressBoard& board, Interrupter& interrupter, RunState& run,
                   RunControl& control);

}  // namespace transload::native

#pragma once
#include <cstdint>
#include <vector>

#include "adapters/mysql/consistent_view.hpp"
#include "adapters/native/checkpoint/checkpoint_store.hpp"
#include "adapters/native/flow/interrupter.hpp"
#include "adapters/native/flow/run_state.hpp"
#include "adapters/native/snapshot/copy_context.hpp"
#include "orchestrator/ports/data_engine.hpp"

namespace transload::native {

struct StaleOutcome {
    std::uint64_t checked = 0;
    std::uint64_t removed =
        0;  ///< chunks whose rows differ from the view: rows and marks are gone from the target
};

/// Compares chunks that were read in another view with the present one, by count and hash computed on both
/// servers. Equal ones are moved to `view_number`; of the others rows and mark are deleted together, so that
/// afterwards they are open ranges like any other. Deleting them all before anything is loaded keeps unique
/// keys out of each other's way. Changes `checkpoints` accordingly. `of_tables`: the others are left as they are.
StaleOutcome settle_stale_chunks(const DataJob& job, CheckpointStore& store, mysql::ConsistentView& view,
                                 unsigned view_number, const std::vector<unsigned>& views_of_this_position,
                                 std::vector<TableCheckpoint>& checkpoints,
                                 const std::vector<TableState>& states, const std::vector<bool>& of_tables,
                                 Interrupter& interrupter,
                                 RunState& run);

}  // namespace transload::native

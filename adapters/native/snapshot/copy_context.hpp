#pragma once
#include <atomic>
#include <memory>
#include <vector>

#include "adapters/mysql/consistent_view.hpp"
#include "adapters/native/checkpoint/checkpoint_store.hpp"
#include "adapters/native/flow/chunk_buffer.hpp"
#include "adapters/native/flow/interrupter.hpp"
#include "adapters/native/flow/progress_board.hpp"
#include "adapters/native/flow/run_state.hpp"
#include "adapters/native/flow/throttle.hpp"
#include "adapters/native/snapshot/work_queue.hpp"
#include "orchestrator/ports/data_engine.hpp"

namespace transload::native {

/// How big things are; chosen from the job's limits.
struct CopySizes {
    std::uint64_t chunk_bytes = 0;  ///< a chunk is cut when it holds as many
    std::uint64_t chunk_rows = 0;
    std::uint64_t least_segment_bytes = 0;
    std::uint64_t most_segment_bytes = 0;
    unsigned lanes = 1;

    [[nodiscard]] static CopySizes choose(const Limits& limits);
};

/// What is known of one table beside its plan.
struct TableState {
    bool transactional = true;  ///< on the target
    bool begun_before = false;  ///< by an earlier run
    bool mends_json = false;    ///< documents must get back the types that text does not carry
    std::atomic<unsigned> next_chunk{1};
};

/// What all lanes of one pass share. All references outlive the pass.
struct CopyContext {
    const DataJob& job;
    const CopySizes sizes;
    mysql::ConsistentView& view;
    const unsigned view_number;
    const CheckpointStore& store;
    const std::vector<TableCheckpoint>& checkpoints;
    std::vector<TableState>& states;
    const bool use_insert;
    const bool mend_with_rows;  ///< the view has sessions for it; else JSON types are mended after the pass
    WorkQueue& queue;
    BlockPool& pool;
    Throttle& throttle;
    ProgressBoard& board;
    Interrupter& interrupter;
    RunState& run;
    std::atomic<std::uint64_t>& durable_chunks;
};

}  // namespace transload::native

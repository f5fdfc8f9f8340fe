#pragma once
#include <memory>
#include <vector>

#include "adapters/mysql/consistent_view.hpp"
#include "adapters/native/checkpoint/checkpoint_store.hpp"
#include "adapters/native/flow/progress_board.hpp"
#include "adapters/native/snapshot/copy_context.hpp"
#include "orchestrator/ports/data_engine.hpp"

namespace transload::native {

/// Copies all rows of a job that are not yet on the target, pass by pass: each pass opens a view, brings what
/// was copied in other views up to it, and copies the rest. One pass, unless the view is lost on the way.
class Inventory {
  public:
    /// References must outlive it.
    Inventory(const DataJob& job, CheckpointStore& store, ProgressBoard& board, Interrupter& interrupter,
              RunState& run, RunControl& control);

    /// Returns the view that all rows on the target are equal to; for a job that follows null, since its rows may come
    /// from several, which are in the checkpoints. Throws Error.
    [[nodiscard]] std::shared_ptr<mysql::ConsistentView> copy();

  private:
    struct View {
        std::shared_ptr<mysql::ConsistentView> sessions;
        unsigned number = 0;
        std::vector<unsigned> same_position;  ///< numbers of recorded views that show the same rows
    };

    void look_at_targets();
    void look_for_tables_of_one_view();
    [[nodiscard]] bool complete();
    void refuse_foreign_rows();
    [[nodiscard]] View open_view();
    void pass(const View& view);
    void mend_afterwards(const View& view);
    void settle(const View& view);
    [[nodiscard]] ViewRecord record_of(const mysql::ConsistentView& view) const;
    void fill(WorkQueue& queue, mysql::ConsistentView& view);
    [[nodiscard]] bool target_takes_files();

    const DataJob& job_;
    CheckpointStore& store_;
    ProgressBoard& board_;
    Interrupter& interrupter_;
    RunState& run_;
    RunControl& control_;
    const CopySizes sizes_;
    BlockPool pool_;
    Throttle throttle_;
    std::vector<TableCheckpoint> checkpoints_;
    std::vector<TableState> states_;
    const bool following_;           ///< changes since each chunk's view are applied later: chunks of older views stay
    std::vector<bool> one_view_;     ///< of a following job: these have to be brought to one view all the same
    std::atomic<std::uint64_t> durable_chunks_{0};
};

}  // namespace transload::native

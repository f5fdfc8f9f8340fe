#include "adapters/native/native_engine.hpp"

#include <malloc.h>

#include <chrono>

#include "adapters/native/checkpoint/checkpoint_store.hpp"
#include "adapters/native/flow/interrupter.hpp"
#include "adapters/native/flow/progress_board.hpp"
#include "adapters/native/flow/run_state.hpp"
#include "adapters/native/indexing/index_builder.hpp"
#include "adapters/native/snapshot/inventory.hpp"

namespace transload::native {
namespace {

double seconds_since(std::chrono::steady_clock::time_point begun) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

}  // namespace

void NativeEngine::configure(const DataJob& job, RunControl& control) {
    control.check();
    CheckpointStore(job).open_job();
}

TransferResult NativeEngine::transfer(const DataJob& job, RunControl& control) {
    control.check();
    // Otherwise malloc would keep freed buffers of megabytes (the client library's, for big rows) for later.
    mallopt(M_MMAP_THRESHOLD, 512 << 10);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
    CheckpointStore store(job);
    store.open_job();
    TransferResult result;
    RunState run(control);
    Interrupter interrupter(run.stop());
    ProgressBoard board(job.tables, control);

    const auto copying = std::chrono::steady_clock::now();
    Inventory inventory(job, store, board, interrupter, run, control);
    result.view = inventory.copy();
    result.inventory_seconds = seconds_since(copying);

    const auto indexing = std::chrono::steady_clock::now();
    finish_tables(job, board, interrupter, run, control);
    control.check();
    run.rethrow();
    result.indexing_seconds = seconds_since(indexing);

    const CheckpointStore::Totals totals = store.totals();
    result.rows_copied = totals.rows;
    result.bytes_copied = totals.bytes;
    board.publish();
    return result;
}

void NativeEngine::forget(const DataJob& job, RunControl& control) {
    control.check();
    CheckpointStore(job).forget();
}

}  // namespace transload::native

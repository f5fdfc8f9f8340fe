#pragma once
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>

#include "adapters/native/checkpoint/checkpoint_store.hpp"
#include "adapters/native/flow/chunk_buffer.hpp"

namespace transload::native {

/// One transaction over many buffers, for a table without a key: all of it or nothing. Reader and writer
/// share it. Thread-safe.
class StreamedTable {
  public:
    /// Writer: the transaction is committed with its mark.
    void succeed();
    /// Writer: the transaction is lost; the reader has to begin again.
    void fail(std::exception_ptr error);
    [[nodiscard]] bool over() const;
    /// Reader: waits for the verdict; nullptr = committed. Throws Error{cancelled} on a stop.
    [[nodiscard]] std::exception_ptr wait(const std::stop_token& stop);

    std::uint64_t rows = 0;  ///< writer's sums
    std::uint64_t bytes = 0;

  private:
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    bool over_ = false;
    std::exception_ptr error_;
};

/// Rows on their way to the target and the mark that is committed with them.
struct Chunk {
    std::size_t table = 0;  ///< index into DataJob::tables
    DoneChunk mark;
    ChunkBuffer rows;
    /// False: the target table knows no transactions.
    bool transactional = true;
    /// Rows of the range may lie on the target although they are not marked (only without transactions).
    bool clean_first = false;
    /// Set for the pieces of a table without a key; `first` opens the transaction, `last` commits it.
    std::shared_ptr<StreamedTable> streamed;
    bool first = true;
    bool last = true;
};

}  // namespace transload::native

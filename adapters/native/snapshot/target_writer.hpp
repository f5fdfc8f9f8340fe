#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>

#include "adapters/mysql/connection.hpp"
#include "adapters/native/checkpoint/checkpoint_store.hpp"
#include "adapters/native/flow/interrupter.hpp"
#include "adapters/native/snapshot/chunk.hpp"
#include "adapters/native/snapshot/copy_context.hpp"
#include "orchestrator/ports/data_engine.hpp"

namespace transload::native {

/// Writes chunks to the target over a session of its own, each with its mark in one transaction. One thread.
///
/// A transaction begins with the mark. When one is lost (deadlock, lost connection, restarted server) the
/// chunk is written again from memory: the second mark waits for the end of the first transaction, and meets
/// its mark if that one was committed after all.
class TargetWriter {
  public:
    /// `context` must outlive the writer.
    explicit TargetWriter(CopyContext& context);
    ~TargetWriter();

    /// Returns when the chunk is durable, or part of a transaction that is still open, or of one that is over
    /// (StreamedTable::over). Throws Error naming the table.
    void write(Chunk& chunk);

  private:
    void write_whole(Chunk& chunk);
    void write_piece(Chunk& chunk);
    void attempt(const Chunk& chunk);
    void send_rows(const Chunk& chunk);
    void insert_rows(const Chunk& chunk);
    void mend_json(const Chunk& chunk);
    void check_warnings(const Chunk& chunk, std::uint64_t first_row);
    void check_count(const Chunk& chunk, std::uint64_t affected) const;
    void mend_table(const Chunk& chunk);
    void clean(const Chunk& chunk);
    void make_ready();
    void drop_connection();
    /// False when the chunk is there already.
    [[nodiscard]] bool mark(const Chunk& chunk);
    [[nodiscard]] const TablePlan& plan(const Chunk& chunk) const { return job_.tables[chunk.table]; }
    [[noreturn]] void rethrow_about(const Chunk& chunk, const Error& error) const;

    CopyContext& context_;
    const DataJob& job_;
    const CheckpointStore& store_;
    const std::vector<TableCheckpoint>& tables_;
    Interrupter& interrupter_;
    const std::stop_token stop_;
    std::unique_ptr<mysql::Connection> connection_;
    bool usable_ = false;
    std::shared_ptr<StreamedTable> open_;  ///< whose transaction is open, if any
    std::size_t statement_table_ = static_cast<std::size_t>(-1);
    std::string statement_;
};

}  // namespace transload::native

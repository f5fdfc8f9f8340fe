#pragma once
#include <memory>
#include <optional>

#include "adapters/native/flow/bounded_queue.hpp"
#include "adapters/native/snapshot/chunk.hpp"
#include "adapters/native/snapshot/copy_context.hpp"

namespace transload::native {

/// A reader of the source's view and a writer to the target, each in a thread of its own, with chunks of rows
/// on the way between them. A lane reads a segment once, in key order, and cuts it into chunks as the rows
/// come.
class Lane {
  public:
    explicit Lane(CopyContext& context) : context_(context), ready_(1) {}

    /// Bodies of the two threads. The reader returns when no segment is left, or when its session is lost
    /// (the rest of its segment is given back); the writer when the reader has ended and all its chunks are
    /// durable.
    void read();
    void write();

  private:
    using Lease = mysql::ConsistentView::Lease;

    [[nodiscard]] Segment carve(mysql::Connection& source, WorkQueue::Taken taken);
    void read_keyed(mysql::Connection& source, Segment& segment);
    void read_streamed(mysql::Connection& source, Segment& segment);
    [[nodiscard]] std::uint64_t chunk_rows(const TablePlan& plan) const;
    void emit(Chunk chunk);
    [[nodiscard]] Chunk new_chunk(const Segment& segment);
    void account(mysql::RowView row);
    void pay();
    [[nodiscard]] bool recover(Lease& lease, Segment segment, const Error& error);

    CopyContext& context_;
    BoundedQueue<Chunk> ready_;
    std::uint64_t unpaid_rows_ = 0;
    std::uint64_t unpaid_bytes_ = 0;
    std::uint64_t biggest_row_ = 0;
};

}  // namespace transload::native

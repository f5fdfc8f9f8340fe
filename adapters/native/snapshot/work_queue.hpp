#pragma once
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "adapters/native/snapshot/segment.hpp"

namespace transload::native {

/// Segments that wait for a lane. Big tables first, lanes spread over tables, then several lanes in one
/// table. Thread-safe.
class WorkQueue {
  public:
    /// `row_bytes` per table, for weighing.
    explicit WorkQueue(std::vector<std::uint64_t> row_bytes) : row_bytes_(std::move(row_bytes)) {}

    void add(Segment segment);

    struct Taken {
        Segment segment;
        /// Estimated bytes of all segments that wait, this one included: for choosing how much to take of it.
        std::uint64_t waiting_bytes = 0;
    };
    /// Waits for a segment; nullopt when nothing is waiting and nobody holds one that could come back.
    /// Throws Error{cancelled} on a stop.
    [[nodiscard]] std::optional<Taken> take(const std::stop_token& stop,
                                            std::optional<std::size_t> last_table);

    /// A taken segment, or a part of it, comes back to wait; `done` follows all the same.
    void give_back(Segment segment) { add(std::move(segment)); }
    /// A taken segment that can't be read in this view: nobody takes it any more, and the queue does not become empty.
    /// `done` follows all the same.
    void postpone(Segment segment);
    /// The holder of a taken segment is through with it.
    void done(std::size_t table);

    [[nodiscard]] bool empty() const;

  private:
    [[nodiscard]] std::uint64_t bytes(const Segment& segment) const;

    const std::vector<std::uint64_t> row_bytes_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<Segment> waiting_;
    std::vector<Segment> postponed_;
    std::map<std::size_t, unsigned> lanes_in_table_;
    std::size_t held_ = 0;
};

}  // namespace transload::native

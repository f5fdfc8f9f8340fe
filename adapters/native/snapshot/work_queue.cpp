#include "adapters/native/snapshot/work_queue.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "orchestrator/plan/error.hpp"

namespace transload::native {

std::uint64_t WorkQueue::bytes(const Segment& segment) const {
    return std::max<std::uint64_t>(1, segment.estimated_rows) * row_bytes_[segment.table];
}

void WorkQueue::add(Segment segment) {
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(segment));
    }
    changed_.notify_all();
}

void WorkQueue::postpone(Segment segment) {
    const std::lock_guard lock(mutex_);
    postponed_.push_back(std::move(segment));
}

std::optional<WorkQueue::Taken> WorkQueue::take(const std::stop_token& stop,
                                                std::optional<std::size_t> last_table) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return !waiting_.empty() || held_ == 0; }))
        throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
    if (waiting_.empty()) return std::nullopt;
    std::uint64_t sum = 0;
    for (const Segment& segment : waiting_) sum += bytes(segment);
    const auto rank = [&](const Segment& segment) {
        const auto lanes = lanes_in_table_.find(segment.table);
        const unsigned busy = lanes == lanes_in_table_.end() ? 0 : lanes->second;
        // Staying in the table keeps the lane's pages warm; otherwise the biggest rest goes first.
        return std::tuple(busy, segment.table == last_table ? 0 : 1, ~bytes(segment));
    };
    const auto best = std::min_element(waiting_.begin(), waiting_.end(),
                                       [&](const Segment& a, const Segment& b) { return rank(a) < rank(b); });
    Taken taken{std::move(*best), sum};
    waiting_.erase(best);
    ++lanes_in_table_[taken.segment.table];
    ++held_;
    return taken;
}

void WorkQueue::done(std::size_t table) {
    {
        const std::lock_guard lock(mutex_);
        --held_;
        if (--lanes_in_table_[table] == 0) lanes_in_table_.erase(table);
    }
    changed_.notify_all();
}

bool WorkQueue::empty() const {
    const std::lock_guard lock(mutex_);
    return waiting_.empty() && postponed_.empty() && held_ == 0;
}

}  // namespace transload::native

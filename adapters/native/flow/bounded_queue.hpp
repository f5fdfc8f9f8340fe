#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "orchestrator/plan/error.hpp"

namespace transload::native {

/// Hands things from one thread to another; the giver waits while `capacity` things lie there. Thread-safe.
template <class Thing>
class BoundedQueue {
  public:
    explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

    /// Throws Error{cancelled} on a stop.
    void push(Thing thing, const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait(lock, stop, [&] { return things_.size() < capacity_; }))
            throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
        things_.push_back(std::move(thing));
        lock.unlock();
        changed_.notify_all();
    }

    /// nullopt when closed and empty. Throws Error{cancelled} on a stop.
    [[nodiscard]] std::optional<Thing> pop(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait(lock, stop, [&] { return !things_.empty() || closed_; }))
            throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
        if (things_.empty()) return std::nullopt;
        std::optional<Thing> thing(std::move(things_.front()));
        things_.pop_front();
        lock.unlock();
        changed_.notify_all();
        return thing;
    }

    void close() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        changed_.notify_all();
    }

  private:
    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Thing> things_;
    bool closed_ = false;
};

}  // namespace transload::native

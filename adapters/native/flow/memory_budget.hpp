#pragma once
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

namespace transload::native {

/// Bytes that all buffers of one job may hold together. Thread-safe.
///
/// No deadlock as long as callers keep two rules: who waits in acquire() holds nothing that only it can
/// release, and what is handed on is released without acquiring anything.
class MemoryBudget {
  public:
    explicit MemoryBudget(std::uint64_t bytes) : total_(bytes) {}

    /// Waits until the bytes are free. More than the whole budget is granted once nobody else holds anything:
    /// a single row can't be made smaller. Throws Error{cancelled} when a stop is requested meanwhile.
    void acquire(std::uint64_t bytes, const std::stop_token& stop);
    [[nodiscard]] bool try_acquire(std::uint64_t bytes);
    void release(std::uint64_t bytes) noexcept;

    /// Bytes that somebody else allocated already and won't give back (the client library's packet buffers).
    void charge(std::uint64_t bytes) noexcept;

  private:
    [[nodiscard]] bool fits(std::uint64_t bytes) const;

    const std::uint64_t total_;
    std::mutex mutex_;
    std::condition_variable_any freed_;
    std::uint64_t held_ = 0;
    std::uint64_t charged_ = 0;
};

}  // namespace transload::native

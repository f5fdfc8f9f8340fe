#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

namespace transload::native {

/// "Something has changed, look again": for a thread that waits for several things at once. Thread-safe.
class Signal {
  public:
    void notify() {
        {
            const std::lock_guard lock(mutex_);
            ++count_;
        }
        changed_.notify_all();
    }
    /// Read it before looking; then nothing that happens after the look is slept through.
    [[nodiscard]] std::uint64_t count() const {
        const std::lock_guard lock(mutex_);
        return count_;
    }
    /// Until something happened since `seen`, the time is over, or a stop is requested.
    template <class Rep, class Period>
    void wait(std::uint64_t seen, std::chrono::duration<Rep, Period> most, const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, stop, most, [&] { return count_ != seen; });
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::uint64_t count_ = 0;
};

}  // namespace transload::native

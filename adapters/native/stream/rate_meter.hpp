#pragma once
#include <chrono>
#include <cstdint>
#include <deque>

namespace transload::native {

/// How much per second, over the last few seconds. Not thread-safe.
class RateMeter {
  public:
    using Clock = std::chrono::steady_clock;

    void add(std::uint64_t amount, Clock::time_point now) {
        forget(now);
        samples_.push_back({now, amount});
        sum_ += amount;
    }
    [[nodiscard]] double per_second(Clock::time_point now) {
        forget(now);
        const auto seconds = std::chrono::duration<double>(std::min(now - begin_, Clock::duration(window))).count();
        return samples_.empty() ? 0 : static_cast<double>(sum_) / std::max(seconds, 0.5);
    }

  private:
    struct Sample {
        Clock::time_point at;
        std::uint64_t amount;
    };
    static constexpr std::chrono::seconds window{4};

    void forget(Clock::time_point now) {
        while (!samples_.empty() && samples_.front().at + window < now) {
            sum_ -= samples_.front().amount;
            samples_.pop_front();
        }
    }

    Clock::time_point begin_ = Clock::now();
    std::deque<Sample> samples_;
    std::uint64_t sum_ = 0;
};

}  // namespace transload::native

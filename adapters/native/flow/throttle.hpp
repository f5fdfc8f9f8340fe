#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

namespace transload::native {

/// Limits rows and bytes per second over all lanes, and holds all readers while the source is under pressure.
/// Thread-safe.
class Throttle {
  public:
    /// 0 = no limit.
    Throttle(std::uint64_t rows_per_second, std::uint64_t bytes_per_second)
        : rows_{rows_per_second}, bytes_{bytes_per_second} {}

    /// Accounts for what was read and waits until it was allowed. Throws Error{cancelled} on a stop.
    void pass(std::uint64_t rows, std::uint64_t bytes, const std::stop_token& stop);

    /// Other limits from now on; who waits for the old ones waits for these instead.
    void set_rates(std::uint64_t rows_per_second, std::uint64_t bytes_per_second);

    /// Closed: pass() waits until it is opened again.
    void set_closed(bool closed);

    /// In a hurry nothing is held back, whatever the limits: writers wait for what passes here.
    void set_hurry(bool hurry);

  private:
    using Clock = std::chrono::steady_clock;

    /// Debts rather than credits: a pass is paid for after it happened, so no request is too big.
    struct Bucket {
        std::uint64_t per_second;
        Clock::time_point paid_until{};
        [[nodiscard]] Clock::time_point owe(std::uint64_t amount, Clock::time_point now);
    };

    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool closed_ = false;
    bool hurry_ = false;
    std::uint64_t rates_changed_ = 0;
    Bucket rows_;
    Bucket bytes_;
};

}  // namespace transload::native

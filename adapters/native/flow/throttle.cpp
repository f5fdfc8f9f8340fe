#include "adapters/native/flow/throttle.hpp"

#include <algorithm>

#include "orchestrator/plan/error.hpp"

namespace transload::native {

Throttle::Clock::time_point Throttle::Bucket::owe(std::uint64_t amount, Clock::time_point now) {
    if (per_second == 0) return now;
    // A pause earns at most a tenth of a second of burst.
    paid_until = std::max(paid_until, now - std::chrono::milliseconds(100));
    paid_until += std::chrono::nanoseconds(
        static_cast<std::int64_t>(static_cast<double>(amount) * 1e9 / static_cast<double>(per_second)));
    return paid_until;
}

void Throttle::pass(std::uint64_t rows, std::uint64_t bytes, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    for (bool again = true; again && !hurry_;) {
        const Clock::time_point now = Clock::now();
        const Clock::time_point due = std::max(rows_.owe(rows, now), bytes_.owe(bytes, now));
        const std::uint64_t changes = rates_changed_;
        again = due > now && changed_.wait_until(lock, stop, due, [&] { return rates_changed_ != changes || hurry_; });
    }
    changed_.wait(lock, stop, [&] { return !closed_ || hurry_; });
    if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
}

void Throttle::set_rates(std::uint64_t rows_per_second, std::uint64_t bytes_per_second) {
    {
        const std::lock_guard lock(mutex_);
        rows_ = {rows_per_second};
        bytes_ = {bytes_per_second};
        ++rates_changed_;
    }
    changed_.notify_all();
}

void Throttle::set_hurry(bool hurry) {
    {
        const std::lock_guard lock(mutex_);
        hurry_ = hurry;
    }
    changed_.notify_all();
}

void Throttle::set_closed(bool closed) {
    {
        const std::lock_guard lock(mutex_);
        closed_ = closed;
    }
    changed_.notify_all();
}

}  // namespace transload::native

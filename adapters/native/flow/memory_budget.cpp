#include "adapters/native/flow/memory_budget.hpp"

#include "orchestrator/plan/error.hpp"

namespace transload::native {

bool MemoryBudget::fits(std::uint64_t bytes) const {
    return held_ == 0 || held_ + charged_ + bytes <= total_;
}

void MemoryBudget::acquire(std::uint64_t bytes, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!freed_.wait(lock, stop, [&] { return fits(bytes); }))
        throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
    held_ += bytes;
}

bool MemoryBudget::try_acquire(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    if (!fits(bytes)) return false;
    held_ += bytes;
    return true;
}

void MemoryBudget::release(std::uint64_t bytes) noexcept {
    {
        const std::lock_guard lock(mutex_);
        held_ -= bytes;
    }
    freed_.notify_all();
}

void MemoryBudget::charge(std::uint64_t bytes) noexcept {
    const std::lock_guard lock(mutex_);
    charged_ += bytes;
}

}  // namespace transload::native

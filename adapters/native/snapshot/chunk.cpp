#include "adapters/native/snapshot/chunk.hpp"

#include <utility>

namespace transload::native {

void StreamedTable::succeed() {
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
    }
    changed_.notify_all();
}

void StreamedTable::fail(std::exception_ptr error) {
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
        error_ = std::move(error);
    }
    changed_.notify_all();
}

bool StreamedTable::over() const {
    const std::lock_guard lock(mutex_);
    return over_;
}

std::exception_ptr StreamedTable::wait(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return over_; }))
        throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
    return error_;
}

}  // namespace transload::native

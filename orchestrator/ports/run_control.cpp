#include "orchestrator/ports/run_control.hpp"

#include <condition_variable>
#include <mutex>

#include "orchestrator/plan/error.hpp"

namespace transload {

void RunControl::check() const {
    if (stop_token().stop_requested())
        throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
}

void RunControl::sleep(std::chrono::milliseconds duration) const {
    check();
    std::mutex mutex;
    std::condition_variable_any wakeup;
    std::unique_lock lock(mutex);
    wakeup.wait_for(lock, stop_token(), duration, [] { return false; });
    check();
}

}  // namespace transload

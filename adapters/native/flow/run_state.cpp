#include "adapters/native/flow/run_state.hpp"

#include <algorithm>
#include <condition_variable>
#include <random>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload::native {

void RunState::fail(std::exception_ptr error) noexcept {
    {
        const std::lock_guard lock(mutex_);
        // After a stop the others fail because they were stopped: that is not news.
        if (!error_ && !stop_.stop_requested()) error_ = std::move(error);
    }
    stop_.request_stop();
}

bool RunState::failed() const {
    const std::lock_guard lock(mutex_);
    return error_ != nullptr;
}

void RunState::rethrow() const {
    const std::lock_guard lock(mutex_);
    if (error_) std::rethrow_exception(error_);
}

void run_threads(RunState& state, const std::vector<std::function<void()>>& bodies) {
    std::vector<std::jthread> threads;
    threads.reserve(bodies.size());
    for (const auto& body : bodies)
        threads.emplace_back([&state, &body] {
            try {
                body();
            } catch (...) {
                state.fail(std::current_exception());
            }
        });
}

void back_off(const RetryPolicy& policy, unsigned attempt, const std::stop_token& stop) {
    thread_local std::mt19937 random{std::random_device{}()};
    const std::chrono::milliseconds doubled = policy.backoff_min * (1LL << std::min(attempt, 20U));
    const auto most = std::min(doubled, policy.backoff_max);
    std::uniform_real_distribution<double> share(0.5, 1.0);
    const auto pause =
        std::chrono::duration<double, std::milli>(static_cast<double>(most.count()) * share(random));
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, pause, [] { return false; });
    if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
}

}  // namespace transload::native

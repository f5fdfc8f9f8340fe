#pragma once
#include <exception>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload::native {

/// What stops all threads of a run: the user's request or the first error of any thread. Thread-safe.
class RunState {
  public:
    explicit RunState(const RunControl& control)
        : on_request_(control.stop_token(), [this] { stop_.request_stop(); }) {}

    [[nodiscard]] std::stop_token stop() const { return stop_.get_token(); }
    /// Keeps the first error and stops the others.
    void fail(std::exception_ptr error) noexcept;
    [[nodiscard]] bool failed() const;
    /// Throws what fail() kept.
    void rethrow() const;

  private:
    mutable std::mutex mutex_;
    std::exception_ptr error_;
    std::stop_source stop_;
    std::stop_callback<std::function<void()>> on_request_;
};

/// Runs the body in threads and joins them; errors go to the state, from where the caller rethrows.
void run_threads(RunState& state, const std::vector<std::function<void()>>& bodies);

/// Exponential, with jitter, between the policy's bounds. Returns early and throws Error{cancelled} on a
/// stop.
void back_off(const RetryPolicy& policy, unsigned attempt, const std::stop_token& stop);

}  // namespace transload::native

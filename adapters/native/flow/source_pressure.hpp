#pragma once
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "adapters/native/flow/throttle.hpp"
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload::native {

/// Holds a throttle to the limits of a job, which may change while it runs: its rates, and whether it is closed. Looks at
/// the source once a second and closes the throttle while a limit is exceeded: threads running, undo history, and lag
/// where the source itself is a replica. What the account may not look at is not limited; that is said once in an event.
/// Ends with the object, which leaves the throttle open. Thread-safe.
class SourcePressure {
  public:
    /// References must outlive it. Begins with `limits`, and takes over what the control says while it runs.
    SourcePressure(const Endpoint& source, const Limits& limits, Throttle& throttle, RunControl& control);

    /// From now on. Cheap when nothing changes.
    void set_limits(const Limits& limits);

  private:
    void run(const std::stop_token& ended);
    void close(bool closed, const std::string& reason);

    const Endpoint& source_;
    Throttle& throttle_;
    RunControl& control_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    Limits limits_;          ///< guarded
    bool changed_ = false;   ///< guarded
    bool waiting_ = false;   ///< the thread's own
    std::jthread thread_;    // last: it uses the others
};

}  // namespace transload::native

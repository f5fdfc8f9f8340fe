#pragma once
#include <stop_token>
#include <thread>

#include "adapters/native/flow/throttle.hpp"
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload::native {

/// Looks at the source once a second and closes the throttle while a limit is exceeded: threads running, undo
/// history, and lag where the source itself is a replica. What the account may not look at is not limited;
/// that is said once in an event. Ends with the object.
class SourcePressure {
  public:
    /// References must outlive it. Starts nothing when no limit is set.
    SourcePressure(const JobSpec& spec, Throttle& throttle, RunControl& control);
    ~SourcePressure();

  private:
    void run(const std::stop_token& ended);

    const JobSpec& spec_;
    Throttle& throttle_;
    RunControl& control_;
    std::jthread thread_;
};

}  // namespace transload::native

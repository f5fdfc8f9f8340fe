#pragma once
#include <string>

#include "orchestrator/job/job_id.hpp"
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload {

enum class HandOverKind {
    cutover,   ///< the target has taken over
    cut_back,  ///< the source has taken over again
};

/// What is told at a hand-over.
struct HandOverFacts {
    HandOverKind kind = HandOverKind::cutover;
    JobId job;
    std::string source_position;  ///< last position of the server whose writes were stopped
    std::string target_position;  ///< of the server that takes over
    double write_stop_seconds = 0;  ///< so far
};

/// Tells the outside world which server takes the writes now: program and webhook of CutoverOptions::hand_over.
class HandOver {
  public:
    virtual ~HandOver() = default;

    /// Returns when all have answered with success; nothing to do where none is configured. It may be told twice, after
    /// a crash. Throws Error{failed, "cutover.hand_over"} with what was answered, also at the configured timeout.
    virtual void tell(const JobSpec& spec, const HandOverFacts& facts, RunControl& control) = 0;
};

}  // namespace transload

#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/job/event.hpp"
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/plan/report.hpp"

namespace transload {

/// Why a job stands in a failed state, for a user to act on.
struct Failure {
    JobState state = JobState::draft;  ///< the failed state
    std::string step;
    std::string object;
    std::string message;
    std::string remedy;
    std::string id;  ///< stable error id
};

/// A job as the store holds it.
struct Job {
    JobId id;
    JobSpec spec;
    JobState state = JobState::draft;
    JobState resume_state = JobState::draft;  ///< where resume or retry goes on (PAUSED and failed states)
    std::optional<Failure> failure;
    Report report;
    WallTime created;
    WallTime updated;
};

}  // namespace transload

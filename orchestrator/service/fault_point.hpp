#pragma once
#include "orchestrator/job/job_state.hpp"

namespace transload {

/// For tests of what a `kill -9` leaves behind. In programs built with their tests, and only there, the process kills
/// itself around the N-th line of a job's journal in CUTTING_OVER or a later state:
/// TRANSLOAD_TEST_KILL_BEFORE_RECORD=N right before the line is durable, TRANSLOAD_TEST_KILL_AFTER_RECORD=N right after.
/// Counted from 1, from the start of the process.
class FaultPoint {
  public:
    explicit FaultPoint(JobState state);
    ~FaultPoint();
    FaultPoint(const FaultPoint&) = delete;
    FaultPoint& operator=(const FaultPoint&) = delete;

  private:
    bool kill_after_ = false;
};

}  // namespace transload

#pragma once
#include <string_view>

#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload::mysql {

/// Runs the job's cutover hook with one more argument, `stop` or `release`, within the cutover's time limit. It finds the
/// job's facts in TRANSLOAD_PHASE, TRANSLOAD_SOURCE, TRANSLOAD_TARGET ("host:port") and TRANSLOAD_DATABASES ("a=b,c=d").
/// What it prints becomes events. Throws Error when it can't be started, fails or takes too long. Nothing to do without one.
void run_cutover_hook(const JobSpec& spec, std::string_view phase, RunControl& control);

}  // namespace transload::mysql

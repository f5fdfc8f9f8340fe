#pragma once
#include "orchestrator/plan/job_spec.hpp"

namespace transload {

/// Throws Error{usage, "job.unsupported"} for what a job may say and this version can't do.
void require_supported(const JobSpec& spec);

}  // namespace transload

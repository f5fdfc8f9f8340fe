#pragma once
#include "orchestrator/job/job.hpp"

namespace transload {

/// Throws Error{refused, "job.not_allowed"} when the job has no manual cutover that could be asked for now; the message
/// says why, the remedy what to do instead.
void require_manual_cutover(const Job& job);

}  // namespace transload

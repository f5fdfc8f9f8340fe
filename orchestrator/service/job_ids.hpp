#pragma once
#include "orchestrator/job/event.hpp"

namespace transload {

/// "20261120-110512-3fa9c1d2": sortable by time, random at the end.
[[nodiscard]] JobId new_job_id(WallTime now);

}  // namespace transload

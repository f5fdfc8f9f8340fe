#pragma once
#include <string>

#include "orchestrator/plan/job_spec.hpp"

namespace transload {

/// Takes over what may be changed while a job runs: rows_per_second, bytes_per_second, replica_lag, threads_running,
/// history_list_length. False when all of it was so before.
bool change_limits(Limits& limits, const Limits& wanted);

/// "rows_per_second 1000, bytes_per_second none, …"
[[nodiscard]] std::string limits_text(const Limits& limits);

}  // namespace transload

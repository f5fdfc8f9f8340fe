#pragma once
#include <optional>

#include "orchestrator/job/job.hpp"
#include "orchestrator/ports/write_gate.hpp"

namespace transload {

/// What would keep a job from cutting over now (severity error), or make it slow or risky (warning). Empty: nothing is in
/// the way. Changes nothing, asks the source. `stream` is how the job follows; nullopt: another process knows.
[[nodiscard]] Findings rehearse_cutover(const Job& job, const std::optional<StreamProgress>& stream, WriteGate& gate);

}  // namespace transload

#pragma once
#include <optional>

#include "orchestrator/steps/step.hpp"

/// Proof of equality for jobs that cut over live: while both sides move, and again, for what changed since, while the
/// source takes no writes.
namespace transload {

/// Compares both sides at one position while they move, at the job's level; where the job repairs, rows that differ are
/// re-copied at a second position and compared again. Returns the failure that names the first row that differs.
/// `mend_first`: the stream has met a row that is not as the log says, and can't go on before it is re-copied.
[[nodiscard]] std::optional<Failure> prove_equality_live(StepContext& context, bool mend_first = false);

/// With the write stop held and everything drained: compares the rows that changed since prove_equality_live. Returns the
/// failure, nullopt when all are equal. Throws Error{transient, "cutover.unproven"} when nobody knows what changed.
[[nodiscard]] std::optional<Failure> prove_changes_equal(StepContext& context);

}  // namespace transload

#pragma once
#include "adapters/config/reader.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload::config {

/// A mode, or {mode, write_stop, accounts, hook, timeout, open_transactions, transaction_limit, max_lag, reverse,
/// hand_over}. With `remote` a hook and a hand-over command are Error "config.not_allowed", however they are asked for:
/// they are programs that would run on this machine.
[[nodiscard]] CutoverOptions read_cutover(const Value& value, bool remote);

/// {ddl, validate_every}
[[nodiscard]] FollowOptions read_follow(const Value& value);

}  // namespace transload::config

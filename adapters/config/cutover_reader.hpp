#pragma once
#include "adapters/config/reader.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload::config {

/// A mode, or {mode, write_stop, hook, timeout}. With `remote` a hook is Error "config.not_allowed", however it is
/// asked for: it is a program that would run on this machine.
[[nodiscard]] CutoverOptions read_cutover(const Value& value, bool remote);

}  // namespace transload::config

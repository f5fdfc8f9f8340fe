#pragma once
#include "orchestrator/plan/job_spec.hpp"

namespace transload::sqlite {

/// The passwords of a spec's proxies and storage units in one piece, to be sealed; empty when none has one.
/// CBOR: {"proxies": [bytes, …], "units": [bytes, …]}, in the order of the spec that is stored beside it. Bytes, because
/// a password need not be text.
[[nodiscard]] Secret other_secrets_of(const JobSpec& spec);

/// Puts them back into a spec that was loaded. Throws Error{failed, "codec.malformed"} when they don't fit it.
void restore_other_secrets(JobSpec& spec, const Secret& packed);

}  // namespace transload::sqlite

#pragma once
#include <string>
#include <string_view>

#include "orchestrator/codec/json_text.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload {

/// What the user asked for, in the words of a job file, all of them written out, without passwords.
/// It is itself a valid job file.
[[nodiscard]] Json spec_to_json(const JobSpec& spec);

/// The spec of such a document; passwords are left empty. Members that are absent keep their defaults.
/// Throws Error{failed, "codec.malformed"} where a member has another type or an unknown word.
[[nodiscard]] JobSpec spec_from_json(const Json& document);

/// The spec's `limits` alone, all of them written out.
[[nodiscard]] Json limits_to_json(const Limits& limits);
[[nodiscard]] Limits limits_from_json(const Json& document);

}  // namespace transload

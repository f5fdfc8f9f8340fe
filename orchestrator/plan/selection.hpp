#pragma once
#include <string_view>

#include "orchestrator/plan/job_spec.hpp"

namespace transload {

/// Shell glob: `*`, `?`, `[a-z]`, `[!a-z]`, `\x` for a literal x. Case-sensitive, over bytes, whole text.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view text);

/// True when some include pattern and no exclude pattern matches "object" or "database.object".
[[nodiscard]] bool selects(const Selection& selection, std::string_view database, std::string_view object);

}  // namespace transload

#pragma once
#include <optional>
#include <string>

#include "orchestrator/job/job.hpp"

namespace transload {

/// A table of the target that both jobs fill, as the first calls it; nullopt when there is none. Servers are the same when
/// host and port are spelled alike. A job that has not been planned yet fills none.
[[nodiscard]] std::optional<std::string> same_table(const Job& one, const Job& other);

}  // namespace transload

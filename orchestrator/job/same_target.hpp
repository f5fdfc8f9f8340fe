#pragma once
#include <string>

#include "orchestrator/plan/job_spec.hpp"

/// What jobs have in common on the target.
namespace transload {

/// Both fill the same server, as far as host and port are spelled alike.
[[nodiscard]] bool same_target(const JobSpec& one, const JobSpec& other);

/// By which "database.table" of the target is told from others: in lower case, since a server may not tell them apart.
[[nodiscard]] std::string target_key(std::string table);

}  // namespace transload

#pragma once
#include <vector>

#include "adapters/mysql/write_gate/account_grants.hpp"
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload::mysql {

/// The accounts of CutoverOptions::accounts with what they may do. Throws Error{refused, "cutover.revoke"} when none is
/// named, one does not exist or is the job's own user, when what it may write can't be taken from it (it comes from
/// everybody's role, an anonymous account or PROXY), and Error{refused, "cutover.no_privilege"} when the job's account
/// may not give it back.
[[nodiscard]] std::vector<AccountGrants> revocable_accounts(Connection& connection, const JobSpec& spec);

/// Tells by an event which other accounts may write to the job's databases.
void tell_other_writers(Connection& connection, const JobSpec& spec, RunControl& control);

}  // namespace transload::mysql

#pragma once
#include <set>
#include <string>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload::mysql {

/// Ends all sessions of these users that began before now, and waits until they are gone: what an account may do on *.*
/// and in its current database is fixed when its session begins. Sessions that only send the binary log stay. Throws
/// Error{transient, "cutover.sessions_stay"} when some are there at the end of the cutover's time limit,
/// Error{failed, "cutover.can't_kill"} when the account may not end them.
void end_sessions(Connection& connection, const std::set<std::string>& users, const JobSpec& spec, RunControl& control);

}  // namespace transload::mysql

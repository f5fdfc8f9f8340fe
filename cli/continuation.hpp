#pragma once
#include <optional>
#include <vector>

#include "orchestrator/job/job.hpp"

/// Which stored job a repeated `migrate` means, and with which options it goes on. Pure decisions.
namespace transload::cli {

/// The newest job of the same move (servers and databases of both sides) that is not over. With `also_cancelled`
/// one that was cancelled counts too: it may have left something behind. None that is older than a job that is DONE.
[[nodiscard]] std::optional<Job> find_earlier(const std::vector<Job>& newest_first, const JobSpec& spec,
                                              bool also_cancelled);

/// The newest job of the same move, with the same tables and cutover mode, when it is DONE and has handed over: the command
/// has nothing left to do. A newer job counts, unless it was refused or stopped before it touched the target.
[[nodiscard]] std::optional<Job> find_made(const std::vector<Job>& newest_first, const JobSpec& spec);

/// The job has not changed anything on the target yet: it may simply be given up for a new one.
[[nodiscard]] bool untouched(const Job& job);

/// The options to go on with: passwords, TLS, limits, retry, Liquibase and validation of `wanted`, the rest as the
/// job was begun. Throws Error{usage, "job.other_options"} when `wanted` says something else about the rest.
[[nodiscard]] JobSpec continued_spec(const Job& job, const JobSpec& wanted);

}  // namespace transload::cli

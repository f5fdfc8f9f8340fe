#pragma once
#include <cstdint>
#include <vector>

#include "orchestrator/job/job.hpp"
#include "orchestrator/job/transitions.hpp"

namespace transload {

/// Commands and queries on jobs; thread-safe. Throws Error{usage,"job.unknown"} for unknown ids,
/// Error{refused,"job.not_allowed"} when the state forbids the command.
class JobCommands {
  public:
    virtual ~JobCommands() = default;
    /// Creates, plans and (start) runs asynchronously; returns the job as created.
    virtual Job submit(JobSpec spec, bool start) = 0;
    [[nodiscard]] virtual Job get(const JobId& id) const = 0;
    [[nodiscard]] virtual std::vector<Job> list() const = 0;
    /// Those with a higher number than `after`. Cheap, since readers ask it over and over: an unknown id just has none.
    [[nodiscard]] virtual std::vector<Event> events(const JobId& id, std::uint64_t after,
                                                    std::size_t limit) const = 0;
    [[nodiscard]] virtual std::vector<TableProgress> progress(const JobId& id) const = 0;
    /// How the job follows; `phase` is empty where it does not.
    [[nodiscard]] virtual StreamProgress stream(const JobId& id) const = 0;
    /// Changes the job's limits (rows_per_second, bytes_per_second, replica_lag, threads_running, history_list_length;
    /// the others keep their values). A running job obeys within a second. Durable.
    virtual Job set_limits(const JobId& id, const Limits& limits) = 0;
    /// What would keep the job from cutting over now, or make it slow; asks the source, changes nothing.
    [[nodiscard]] virtual Findings rehearse_cutover(const JobId& id) = 0;
    /// start, pause, resume, retry, cancel, rollback, finish, cutover. A running job obeys at its next safe point; the returned
    /// job may still be in its old state. `cutover` is for jobs in DATA_RUNNING whose cutover mode is manual; it is
    /// stored when this returns, and asking again changes nothing.
    virtual Job command(const JobId& id, Trigger trigger) = 0;
    /// `retry`, and from now on the job re-copies the rows that a validation finds different.
    virtual Job retry_with_repair(const JobId& id) = 0;
};

}  // namespace transload

#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "orchestrator/job/job.hpp"
#include "orchestrator/job/transitions.hpp"

namespace transload {

/// What a process that does not run a job has left for the one that does.
struct JobRequests {
    std::optional<Trigger> command;  ///< pause, cancel, finish or rollback; the latest
    std::optional<Limits> limits;
    [[nodiscard]] bool empty() const { return !command && !limits; }
};

/// Durable home of jobs and their events. Thread-safe. A call that returned has reached the disk.
class JobStore {
  public:
    virtual ~JobStore() = default;

    /// Throws Error{failed, "store.exists"} when the id is taken.
    virtual void create(const Job& job) = 0;
    [[nodiscard]] virtual std::optional<Job> load(const JobId& id) const = 0;
    /// All jobs, newest first.
    [[nodiscard]] virtual std::vector<Job> list() const = 0;

    /// Saves the job (spec, state, failure, report) and appends the event, in one transaction. `event.sequence`
    /// is assigned by the store; the event as stored is returned.
    virtual Event commit(const Job& job, Event event) = 0;
    /// Appends an event without touching the job.
    virtual Event append(Event event) = 0;

    /// Leaves a job the request for its manual cutover, from a process that is not the one that runs it. Nothing else
    /// of the job is touched, and it stays until a commit of the job with `report.cutover.requested`. Throws
    /// Error{failed, "store.unknown_job"}.
    virtual void ask_cutover(const JobId& id) = 0;
    /// Such a request is waiting. Cheap.
    [[nodiscard]] virtual bool cutover_asked(const JobId& id) const = 0;

    /// Leaves a job a command or other limits in the same way; a command stays until a commit with another state. Throws Error{failed, "store.unknown_job"}.
    virtual void ask_command(const JobId& id, Trigger command) = 0;
    virtual void ask_limits(const JobId& id, const Limits& limits) = 0;
    /// What is waiting. Cheap; nothing for a job that is not there.
    [[nodiscard]] virtual JobRequests requests(const JobId& id) const = 0;
    /// These were obeyed, or can't be: forgets what is still as in `seen`.
    virtual void answered(const JobId& id, const JobRequests& seen) = 0;

    /// Events with sequence > after, ascending, at most `limit`.
    [[nodiscard]] virtual std::vector<Event> events(const JobId& id, std::uint64_t after,
                                                    std::size_t limit) const = 0;
};

}  // namespace transload

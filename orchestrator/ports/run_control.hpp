#pragma once
#include <chrono>
#include <optional>
#include <stop_token>
#include <string_view>

#include "orchestrator/job/event.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload {

/// What a port sees of the job that it works for. Implementations are thread-safe: engines call it from all
/// of their threads.
class RunControl {
  public:
    virtual ~RunControl() = default;

    /// Requested when the job is to stop where it is (cancel, pause, Ctrl-C, shutdown).
    [[nodiscard]] virtual std::stop_token stop_token() const = 0;

    /// Throws Error{cancelled} once a stop was requested. Call it between units of work.
    void check() const;

    /// Sleeps. Throws Error{cancelled} as soon as a stop is requested.
    void sleep(std::chrono::milliseconds duration) const;

    /// Writes a durable, numbered event of the running job.
    virtual void event(Severity level, std::string_view step, std::string_view object,
                       std::string_view message) = 0;

    /// Stores the job as the step has it now, its report included, together with an event; both are durable when it
    /// returns, and neither is when it throws. This is the journal of acts that can't be taken back: say what is about
    /// to be done, do it, say that it is done. Only for the thread that the step itself runs in, because that is the
    /// one that changes the report.
    virtual void record(Severity level, std::string_view step, std::string_view object, std::string_view message) = 0;

    /// A manual cutover was asked for: in this run, in an earlier one that did not live to carry it out, or by another
    /// process, which shows within a second. Only for the step's own thread.
    [[nodiscard]] virtual bool cutover_requested() const { return false; }

    /// The request was carried out or came to nothing: the next cutover has to be asked for anew. Stored with the next
    /// record or change of state. Only for the step's own thread.
    virtual void clear_cutover_request() {}

    /// The job's limits as they are now: a user may change them while it runs. nullopt: as in its spec.
    [[nodiscard]] virtual std::optional<Limits> limits() const { return std::nullopt; }

    /// Replaces what is shown of the change stream. A few times a second at most.
    virtual void stream(const StreamProgress& progress) { (void)progress; }

    /// Replaces what is shown of one table. Cheap; call it a few times a second at most per table.
    virtual void progress(const TableProgress& progress) = 0;
};

}  // namespace transload

#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "orchestrator/job/job.hpp"
#include "orchestrator/job/transitions.hpp"
#include "orchestrator/ports/clock.hpp"
#include "orchestrator/ports/event_sink.hpp"
#include "orchestrator/ports/job_store.hpp"

namespace transload {

/// Makes what happens to jobs durable first, then known. Thread-safe; one writer per job at a time is the
/// caller's care.
class JobJournal {
  public:
    JobJournal(JobStore& store, const Clock& clock, std::vector<EventSink*> sinks);

    /// Moves the job along the transition table and stores it with its event. Throws Error{refused,
    /// "job.not_allowed"} when the table has no such row. `failure` belongs to failure transitions.
    void transition(Job& job, Trigger trigger, std::optional<Failure> failure = std::nullopt);

    /// Stores a job that stays in its state, together with an event.
    void record(Job& job, Severity level, std::string_view step, std::string_view object, std::string_view message);

    /// Stores a job whose options changed.
    void amended(const Job& job);

    /// A durable event of a job in its present state.
    void event(const Job& job, Severity level, std::string_view step, std::string_view object,
               std::string_view message);

    /// Another process left the request for a manual cutover.
    [[nodiscard]] bool cutover_asked(const JobId& job) const { return store_.cutover_asked(job); }

    /// All jobs as they are stored.
    [[nodiscard]] std::vector<Job> jobs() const { return store_.list(); }

    /// Passed on to the sinks only.
    void progress(const JobId& job, const TableProgress& progress);
    void stream(const JobId& job, const StreamProgress& progress);

    /// For what can't be stored because the store itself fails: sinks only, sequence 0.
    void unstored(const Job& job, std::string_view message);

    [[nodiscard]] const Clock& clock() const noexcept { return clock_; }

  private:
    [[nodiscard]] Event made(const Job& job, Severity level, std::string_view step, std::string_view object,
                             std::string_view message) const;
    void publish(const Event& event);

    JobStore& store_;
    const Clock& clock_;
    std::vector<EventSink*> sinks_;
};

}  // namespace transload

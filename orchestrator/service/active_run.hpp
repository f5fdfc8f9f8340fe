#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "orchestrator/job/event.hpp"
#include "orchestrator/job/transitions.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload {

/// A job that waits for or is in the hands of a runner. Thread-safe.
class ActiveRun {
  public:
    explicit ActiveRun(JobId id) : id_(std::move(id)) {}

    [[nodiscard]] const JobId& id() const noexcept { return id_; }
    [[nodiscard]] std::stop_token stop_token() const { return stop_.get_token(); }

    /// Asks the runner to stop at the next safe point and then to apply `command`; none: leave the state as it
    /// is, to be resumed by the next orchestrator. A cancel is not overridden by anything.
    void request_stop(std::optional<Trigger> command);
    [[nodiscard]] std::optional<Trigger> requested() const;

    /// A manual cutover was asked for and is stored. Whoever stores the job holds `storing()` meanwhile.
    void set_cutover_requested(bool requested) { cutover_requested_ = requested; }
    [[nodiscard]] bool cutover_requested() const { return cutover_requested_; }

    /// Held by whoever stores the job while a runner has it, so that a command from outside and the runner, which has
    /// a copy of its own, don't undo each other.
    [[nodiscard]] std::unique_lock<std::mutex> storing() { return std::unique_lock(storing_); }

    /// The job's limits as they are now; unset until set_limits.
    void set_limits(const Limits& limits);
    [[nodiscard]] std::optional<Limits> limits() const;

    void set_stream(const StreamProgress& progress);
    [[nodiscard]] StreamProgress stream() const;

    void set_progress(const TableProgress& progress);
    /// One entry per table, in the order in which the tables first appeared.
    [[nodiscard]] std::vector<TableProgress> progress() const;

  private:
    const JobId id_;
    std::stop_source stop_;
    std::atomic<bool> cutover_requested_{false};
    std::mutex storing_;
    mutable std::mutex mutex_;
    std::optional<Trigger> requested_;
    std::map<std::string, std::size_t> index_;
    std::vector<TableProgress> progress_;
    StreamProgress stream_;
    std::optional<Limits> limits_;
};

}  // namespace transload

#pragma once
#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>

#include "orchestrator/service/active_run.hpp"
#include "orchestrator/service/job_commands.hpp"
#include "orchestrator/service/job_journal.hpp"
#include "orchestrator/service/job_runner.hpp"
#include "orchestrator/service/request_watch.hpp"
#include "orchestrator/service/worker_pool.hpp"

namespace transload {

struct ServiceOptions {
    unsigned concurrent = 2;          ///< jobs that run at once; planning has threads of its own
    std::filesystem::path log_dir;
};

/// Owns all jobs of one orchestrator: takes commands, hands jobs to runners, resumes what was running.
class JobService final : public JobCommands {
  public:
    /// Ports, store, clock and sinks must outlive the service.
    JobService(StepPorts ports, JobStore& store, const Clock& clock, std::vector<EventSink*> sinks,
               const ServiceOptions& options);
    /// Stops running jobs at their next safe point, without a change of their state, and waits for them.
    ~JobService() override;

    Job submit(JobSpec spec, bool start) override;
    [[nodiscard]] Job get(const JobId& id) const override;
    [[nodiscard]] std::vector<Job> list() const override;
    [[nodiscard]] std::vector<Event> events(const JobId& id, std::uint64_t after, std::size_t limit) const override;
    [[nodiscard]] std::vector<TableProgress> progress(const JobId& id) const override;
    [[nodiscard]] StreamProgress stream(const JobId& id) const override;
    Job set_limits(const JobId& id, const Limits& limits) override;
    [[nodiscard]] Findings rehearse_cutover(const JobId& id) override;
    Job command(const JobId& id, Trigger trigger) override;
    Job retry_with_repair(const JobId& id) override;

    /// Continues every job that was active when the last orchestrator ended. Returns their ids.
    std::vector<JobId> recover();

    /// Continues one such job; false when it is not active.
    bool recover(const JobId& id);

    /// Gives a job that no runner works on other options, e.g. a new password. Throws Error{refused,
    /// "job.not_allowed"} while it runs.
    void amend(const JobId& id, JobSpec spec);

    /// Blocks until no runner works on the job any more, and returns it.
    Job wait(const JobId& id);

    /// Asks all runners to stop, keeping states, so that the next orchestrator resumes. Does not wait.
    void request_shutdown();

  private:
    void enqueue(const Job& job);
    /// A job that was planned: into the queue, or PREFLIGHT_FAILED where its tables are taken.
    void begin(Job& job);
    void execute(const std::shared_ptr<ActiveRun>& run, bool planning_only);
    Job request_cutover(const JobId& id);
    [[nodiscard]] std::vector<JobId> active_jobs() const;
    JobRequests obey(const JobId& id, const JobRequests& requests);
    [[nodiscard]] Job load(const JobId& id) const;
    /// As load; waits while the runner of a job that has come to its end is closing what it had open, for a command that
    /// came then would be lost. `lock` is that of mutex_.
    [[nodiscard]] Job load_settled(const JobId& id, std::unique_lock<std::mutex>& lock);
    /// Throws Error{refused, "job.not_allowed"} when a later job was finished in the same target database: undoing
    /// this one would drop the other's tables.
    void require_not_superseded(const Job& job) const;
    /// Throws Error{refused, "job.tables_taken"} when another job is filling a table that this one fills too.
    void require_tables_free(const Job& job) const;
    /// Runs an act that another process asked for; what is refused becomes an event.
    template <class Act>
    bool attempt(const JobId& id, std::string_view asked, Act act);

    struct Entry {
        std::shared_ptr<ActiveRun> run;
        bool planning = false;  ///< changes nothing yet
        bool begun = false;     ///< a runner has it; until then commands may change the stored job directly
    };

    StepPorts ports_;
    JobStore& store_;
    JobJournal journal_;
    JobRunner runner_;
    mutable std::mutex mutex_;
    std::condition_variable idle_;
    std::map<JobId, Entry> active_;
    std::map<JobId, std::vector<TableProgress>> last_progress_;
    bool closing_ = false;
    WorkerPool planners_;
    WorkerPool runners_;
    RequestWatch requests_;  // last: it ends first
};

}  // namespace transload

#pragma once
#include <filesystem>

#include "orchestrator/service/active_run.hpp"
#include "orchestrator/service/job_journal.hpp"
#include "orchestrator/steps/step.hpp"

namespace transload {

/// Takes one job from state to state. Stateless between jobs; several jobs may run at once in several threads.
class JobRunner {
  public:
    /// Logs of child processes go to `log_dir`/<job>.log.
    JobRunner(StepPorts& ports, JobJournal& journal, std::filesystem::path log_dir);

    /// Runs steps until the job is not active any more, or is PENDING while `planning_only`, or a stop was
    /// requested. Never throws: a job that can't even be stored is left as it is, and the sinks are told.
    void run(Job& job, ActiveRun& run, bool planning_only);

  private:
    enum class Ending { result, stopped };

    Ending run_step(StepContext& context, ActiveRun& run, StepResult& result);
    /// A step was stopped on request: makes the job safe, and gives it the state that was asked for.
    void obey(StepContext& context, ActiveRun& run);
    void go_on(Job& job, ActiveRun& run, const StepResult& result);
    void store(Job& job, ActiveRun& run, Trigger trigger, std::optional<Failure> failure = std::nullopt);
    void account(Job& job, double seconds) const;

    StepPorts& ports_;
    JobJournal& journal_;
    std::filesystem::path log_dir_;
};

}  // namespace transload

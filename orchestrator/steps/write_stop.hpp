#pragma once
#include <string>

#include "orchestrator/steps/step.hpp"

/// The write stop of a job with a cutover: intent and outcome are in the job's report before and after each act.
namespace transload {

/// A write stop on the server that `spec` calls the source, recorded in `record`, which is part of the job's report.
/// References must outlive it.
class WriteStop {
  public:
    WriteStop(StepContext& context, const JobSpec& spec, CutoverReport& record, std::string step)
        : context_(context), spec_(spec), record_(record), step_(std::move(step)) {}

    /// The server takes no writes when this returns. True when it took some until now, so that what was drained before
    /// has to be drained again.
    bool hold();
    /// Gives the server its writers back, as they were. Nothing to do when no stop is held or intended.
    void withdraw(RunControl& control);
    /// The world is about to be told that the other server takes over: from here on only `hand_over`, or `take_back_word`
    /// when those who were told say that it failed. Nothing to do when that is so already.
    void give_word();
    void take_back_word();
    /// The stop is over because the other server has taken over: this one stays as it is.
    void hand_over();

  private:
    StepContext& context_;
    const JobSpec& spec_;
    CutoverReport& record_;
    std::string step_;
};

/// How long the stop has been held, until the hand-over where there was one; 0 when none is.
[[nodiscard]] double write_stop_seconds(const CutoverReport& record);

/// WriteStop::hold on the job's source. Nothing to do for a job without a cutover, or after the hand-over.
bool hold_writes(StepContext& context);
void withdraw_writes(StepContext& context, RunControl& control);
/// Tells the world, as configured, that the target takes over, and that is so. Nothing to do for a job without a cutover,
/// or when it is over. Throws what HandOver::tell throws; the write stop is then held as before.
void hand_over(StepContext& context);

}  // namespace transload

#include "orchestrator/service/manual_cutover.hpp"

#include <string>

#include "orchestrator/plan/error.hpp"

namespace transload {

void require_manual_cutover(const Job& job) {
    const auto refuse = [&](const std::string& why, const std::string& remedy) {
        throw Error(ErrorKind::refused, "job.not_allowed", job.id.str(), why, remedy);
    };
    switch (job.spec.cutover.mode) {
        case CutoverMode::none:
            refuse("the job has no cutover (its cutover mode is none)",
                   "start a job with cutover mode manual to choose the moment yourself");
            break;
        case CutoverMode::automatic:
            refuse("the job cuts over by itself (its cutover mode is auto)",
                   "wait for it, or start a job with cutover mode manual");
            break;
        case CutoverMode::manual: break;
    }
    if (job.state == JobState::data_running) return;
    const bool begun = job.state == JobState::cutting_over || job.state == JobState::validating ||
                       job.state == JobState::finalizing;
    const std::string state = "a job in state " + std::string(to_string(job.state));
    if (begun) refuse(state + " is cutting over already", "wait for it");
    if (job.state == JobState::rolling_back) refuse(state + " is being undone", "start another job");
    if (is_terminal(job.state)) refuse(state + " is at its end", "start another job");
    if (job.state == JobState::paused) refuse(state + " can't cut over", "resume it first");
    if (is_failed(job.state)) refuse(state + " can't cut over", job.state == JobState::cutover_failed ? "'job retry' cuts over again" : "retry it first");
    refuse(state + " can't cut over yet", "ask again when it is in state DATA_RUNNING");
}

}  // namespace transload

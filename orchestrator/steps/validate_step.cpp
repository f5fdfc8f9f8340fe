#include "orchestrator/steps/equality.hpp"
#include "orchestrator/steps/reroute.hpp"

namespace transload {

StepResult run_validate(StepContext& context) {
    // A live cutover has compared both sides before the hand-over; from there on the target goes its own way.
    if (context.job.report.cutover.state == WriteStopState::over) return {StepOutcome::skipped, std::nullopt};
    if (auto failure = rerouting(context, [&] { return prove_equality(context, false); })) return {StepOutcome::failed, std::move(failure)};
    return {};
}

}  // namespace transload

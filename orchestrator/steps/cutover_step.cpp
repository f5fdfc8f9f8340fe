#include "orchestrator/steps/equality.hpp"
#include "orchestrator/steps/reroute.hpp"
#include "orchestrator/steps/write_stop.hpp"

namespace transload {

StepResult run_cutover(StepContext& context) {
    if (context.job.spec.cutover.mode == CutoverMode::none) return {StepOutcome::skipped, std::nullopt};
    rerouting(context, [&] {
        if (hold_writes(context)) context.scratch.view.reset();
        drain_all(context);
    });
    return {};
}

}  // namespace transload

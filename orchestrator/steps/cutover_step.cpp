#include "orchestrator/plan/error.hpp"
#include "orchestrator/steps/carriers.hpp"
#include "orchestrator/steps/equality.hpp"
#include "orchestrator/steps/live_cutover.hpp"
#include "orchestrator/steps/reroute.hpp"
#include "orchestrator/steps/write_stop.hpp"

namespace transload {

StepResult run_cutover(StepContext& context) {
    if (context.job.spec.cutover.mode == CutoverMode::none) return {StepOutcome::skipped, std::nullopt};
    if (cuts_over_live(context)) {
        try {
            if (auto failure = cut_over_live(context)) return {StepOutcome::failed, std::move(failure)};
        } catch (const Error& error) {
            if (error.id() == definition_applied) context.scratch.tables.reset();
            throw;
        }
        return {};
    }
    rerouting(context, [&] {
        if (hold_writes(context)) context.scratch.view.reset();
        drain_all(context);
    });
    return {};
}

}  // namespace transload

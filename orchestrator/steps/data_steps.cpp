#include "orchestrator/steps/carriers.hpp"
#include "orchestrator/steps/follow.hpp"
#include "orchestrator/steps/live_cutover.hpp"
#include "orchestrator/steps/reroute.hpp"

namespace transload {

StepResult run_data_configure(StepContext& context) {
    for (const Carrier& carrier : carriers(context))
        carrier.engine.configure(data_job(context, carrier), context.control);
    return {};
}

StepResult run_data(StepContext& context) {
    if (cuts_over_live(context)) {
        disarm_target(context, context.control);
        transfer_rows(context);
        if (auto failure = follow_live(context)) return {StepOutcome::failed, std::move(failure)};
        return {};
    }
    rerouting(context, [&] {
        transfer_rows(context);
        follow_until_cutover(context);
    });
    return {};
}

}  // namespace transload

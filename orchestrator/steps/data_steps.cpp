#include "orchestrator/steps/carriers.hpp"
#include "orchestrator/steps/follow.hpp"
#include "orchestrator/steps/reroute.hpp"

namespace transload {

StepResult run_data_configure(StepContext& context) {
    for (const Carrier& carrier : carriers(context))
        carrier.engine.configure(data_job(context, carrier), context.control);
    return {};
}

StepResult run_data(StepContext& context) {
    rerouting(context, [&] {
        transfer_rows(context);
        follow_until_cutover(context);
    });
    return {};
}

}  // namespace transload

#include "orchestrator/steps/step_parts.hpp"

namespace transload {

StepResult run_data_configure(StepContext& context) {
    engine_of(context).configure(data_job(context), context.control);
    return {};
}

StepResult run_data(StepContext& context) {
    transfer_rows(context);
    return {};
}

}  // namespace transload

#include "orchestrator/steps/step_parts.hpp"

namespace transload {

StepResult run_cutover(StepContext& context) {
    if (context.job.spec.cutover.mode == CutoverMode::none) return {StepOutcome::skipped, std::nullopt};
    Failure failure;
    failure.id = "job.unsupported";
    failure.message = "a cutover needs an engine that follows the source, and the native engine does not yet";
    failure.remedy = "use cutover mode none and stop the writers yourself before the migration";
    return {StepOutcome::failed, failure};
}

}  // namespace transload

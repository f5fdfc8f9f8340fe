#include "orchestrator/steps/equality.hpp"

namespace transload {

StepResult run_validate(StepContext& context) {
    if (auto failure = prove_equality(context, false)) return {StepOutcome::failed, std::move(failure)};
    return {};
}

}  // namespace transload

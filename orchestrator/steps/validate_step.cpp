#include "orchestrator/steps/equality.hpp"
#include "orchestrator/steps/reroute.hpp"

namespace transload {

StepResult run_validate(StepContext& context) {
    if (auto failure = rerouting(context, [&] { return prove_equality(context, false); })) return {StepOutcome::failed, std::move(failure)};
    return {};
}

}  // namespace transload

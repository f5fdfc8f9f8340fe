#pragma once
#include "orchestrator/plan/error.hpp"
#include "orchestrator/steps/step.hpp"

namespace transload {

/// Where the choice of engines is the job's own, a table that ShardingSphere turns out not to carry goes to native: it
/// is empty then, to be carried by the next transfer. False when that is no way out of this error.
bool reroute(StepContext& context, const Error& error);

/// Runs `act`, again after each table that could be rerouted.
template <class Act>
auto rerouting(StepContext& context, Act act) {
    while (true) {
        try {
            return act();
        } catch (const Error& error) {
            if (!reroute(context, error)) throw;
        }
    }
}

}  // namespace transload

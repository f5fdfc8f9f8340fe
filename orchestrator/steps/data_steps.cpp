#include <algorithm>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/plan/names.hpp"
#include "orchestrator/steps/carriers.hpp"
#include "orchestrator/steps/follow.hpp"
#include "orchestrator/steps/step_parts.hpp"

namespace transload {
namespace {

/// Where the choice of engines is the job's own, a table that ShardingSphere turns out not to carry goes to native.
/// False when that is no way out.
bool reroute(StepContext& context, const Error& error) {
    if (context.job.spec.engine != EngineChoice::automatic || error.id() != "shardingsphere.table_failed") return false;
    for (const Carrier& carrier : carriers(context)) {
        const auto plan = std::find_if(carrier.tables.begin(), carrier.tables.end(), [&](const TablePlan& candidate) {
            return candidate.source.display() == error.object();
        });
        if (plan == carrier.tables.end() || plan->sharded || plan->engine != EngineChoice::shardingsphere) continue;
        carrier.engine.give_up(data_job(context, carrier), plan->source, context.control);
        for (TablePlan& planned : *context.scratch.tables)
            if (planned.source == plan->source) planned.engine = EngineChoice::native;
        for (TableReport& report : context.job.report.tables)
            if (report.name == error.object()) report.engine = to_string(EngineChoice::native);
        context.job.report.engine = names_of(carriers(context));
        context.control.record(Severity::warning, "data.run", error.object(),
                               "goes on with the engine native: " + error.message());
        for (const Carrier& now : carriers(context))
            if (&now.engine == &context.ports.native_engine)
                now.engine.configure(data_job(context, now), context.control);
        return true;
    }
    return false;
}

}  // namespace

StepResult run_data_configure(StepContext& context) {
    for (const Carrier& carrier : carriers(context))
        carrier.engine.configure(data_job(context, carrier), context.control);
    return {};
}

StepResult run_data(StepContext& context) {
    while (true) {
        try {
            transfer_rows(context);
            follow_until_cutover(context);
            return {};
        } catch (const Error& error) {
            if (!reroute(context, error)) throw;
        }
    }
}

}  // namespace transload

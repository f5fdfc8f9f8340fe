#include "orchestrator/steps/reroute.hpp"

#include <algorithm>

#include "orchestrator/plan/names.hpp"
#include "orchestrator/steps/carriers.hpp"
#include "orchestrator/steps/step_parts.hpp"

namespace transload {

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
        context.scratch.view.reset();  // the table is in no view yet
        for (const Carrier& now : carriers(context))
            if (&now.engine == &context.ports.native_engine)
                now.engine.configure(data_job(context, now), context.control);
        return true;
    }
    return false;
}

}  // namespace transload

#include <exception>
#include <string>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/steps/carriers.hpp"
#include "orchestrator/steps/cut_back.hpp"
#include "orchestrator/steps/live_cutover.hpp"
#include "orchestrator/steps/reverse_job.hpp"
#include "orchestrator/steps/unstopped_control.hpp"
#include "orchestrator/steps/write_stop.hpp"

namespace transload {
namespace {

void halt_way_back(StepContext& context) {
    if (!context.job.spec.cutover.reverse || !context.scratch.tables) return;
    const ReverseJob back(context);
    context.ports.native_engine.halt(back.data(), context.control);
}

template <class Act>
void attempt(RunControl& control, std::string_view object, const std::string& what, Act act) noexcept {
    std::string message;
    try {
        act();
        return;
    } catch (const Error& error) {
        message = what + ": " + error.message() + (error.remedy().empty() ? "" : "; " + error.remedy());
    } catch (const std::exception& error) {
        message = what + ": " + error.what();
    }
    try {
        control.event(Severity::error, "job.stop", object, message);
    } catch (const std::exception&) {
        // The store itself fails: the runner tells the sinks so at its next transition.
    }
}

}  // namespace

void leave_safely(StepContext& context, bool halt) noexcept {
    UnstoppedControl control(context.control);
    StepContext unstopped{context.job, context.ports, control, context.scratch, context.log_file};
    const WriteStopState state = context.job.report.cutover.state;
    if (state != WriteStopState::none && !has_handed_over(context.job.report.cutover))
        attempt(control, "target", "what acts by itself could not be taken from the target again", [&] {
            halt_way_back(unstopped);
            disarm_target(unstopped, control);
        });
    attempt(control, "target", "the write stop on the target could not be taken back",
            [&] { withdraw_cut_back(unstopped, control); });
    attempt(control, "source", "the write stop could not be taken back, the source may still refuse writes",
            [&] { withdraw_writes(context, control); });
    // Without plans nothing was begun in this run; what an earlier run began is halted when it is looked at again.
    if (!halt || context.job.report.tables.empty()) return;
    attempt(control, "target", "the engines could not be halted, rows may still arrive on the target", [&] {
        for (const Carrier& carrier : carriers(unstopped)) carrier.engine.halt(data_job(unstopped, carrier), control);
        halt_way_back(unstopped);
    });
}

}  // namespace transload

#include <chrono>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/steps/cut_back.hpp"
#include "orchestrator/steps/reverse_job.hpp"
#include "orchestrator/steps/step_parts.hpp"

namespace transload {
namespace {

constexpr std::chrono::milliseconds between_looks{500};

}  // namespace

StepResult run_reverse(StepContext& context) {
    if (!context.job.spec.cutover.reverse) return {StepOutcome::skipped, std::nullopt};
    const ReverseJob back(context);
    context.control.event(Severity::info, "reverse", "source",
                          "the source is kept up to date: 'transload job finish " + context.job.id.str() +
                              "' ends that, 'transload job rollback " + context.job.id.str() + "' goes back to it");
    while (true) {
        try {
            (void)context.ports.native_engine.follow(back.data(), context.control);
        } catch (const Error& error) {
            rethrow_about_way_back(error);
        }
        context.control.sleep(between_looks);
    }
}

StepResult run_close(StepContext& context) {
    const ReverseJob back(context);
    context.ports.native_engine.halt(back.data(), context.control);
    context.ports.native_engine.forget(back.data(), context.control);
    // Last: a job that fails here can be told to follow on, and the triggers would act on what it brings. Without its
    // checkpoint it can't.
    CutoverReport& record = context.job.report.cutover;
    context.ports.write_gate.end_stream(context.job.spec, record, context.control);
    record.programs.clear();
    return {};
}

StepResult run_cut_back(StepContext& context) {
    cut_back(context);
    return {};
}

}  // namespace transload

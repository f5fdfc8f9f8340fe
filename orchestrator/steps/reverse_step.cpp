#include <chrono>
#include <string>
#include <utility>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/steps/cut_back.hpp"
#include "orchestrator/steps/reverse_job.hpp"
#include "orchestrator/steps/step_parts.hpp"

namespace transload {
namespace {

constexpr std::chrono::milliseconds between_looks{500};
constexpr int looks_per_question = 10;

/// A server that was restarted has forgotten that it takes no writes, and whatever clients write to it now is nowhere else.
/// Best effort: one that does not answer is asked again.
void keep_stopped(StepContext& context, bool& told, std::string& trouble) {
    const CutoverReport& record = context.job.report.cutover;
    WriteGate& gate = context.ports.write_gate;
    const std::string source = context.job.spec.source.label();
    try {
        if (gate.holds(context.job.spec, record)) {
            told = false;
            trouble.clear();
            return;
        }
        if (!told)
            context.control.event(Severity::error, "reverse", source,
                                  "it takes writes again, beside the target: was it restarted, or its write stop taken away? What "
                                  "was written to it meanwhile is only there");
        told = true;
        // Others are taken away by hand only, and whoever did it has a reason.
        if (context.job.spec.cutover.write_stop != WriteStopMethod::super_read_only) return;
        gate.admit_stream(context.job.spec, record, context.control);
        context.control.event(Severity::warning, "reverse", source, "takes no writes again but those of the way back");
        told = false;
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::cancelled) throw;
        // Once, not at every look of the weeks that it may last.
        if (told && std::exchange(trouble, error.message()) != error.message())
            context.control.event(Severity::error, "reverse", source, "could not be stopped again: " + error.message() + "; " + error.remedy());
    }
}

}  // namespace

StepResult run_reverse(StepContext& context) {
    if (!context.job.spec.cutover.reverse) return {StepOutcome::skipped, std::nullopt};
    const ReverseJob back(context);
    context.control.event(Severity::info, "reverse", "source",
                          "the source is kept up to date: 'transload job finish " + context.job.id.str() +
                              "' ends that, 'transload job rollback " + context.job.id.str() + "' goes back to it");
    bool told = false;
    std::string trouble;
    for (int look = 0;; ++look) {
        if (look % looks_per_question == 0) keep_stopped(context, told, trouble);
        try {
            (void)context.ports.native_engine.follow(back.data(), context.control);
        } catch (const Error& error) {
            rethrow_about_way_back(error);
        }
        context.control.sleep(between_looks);
    }
}

StepResult run_close(StepContext& context) {
    // Of a cut back that failed, and could not be undone then: the target is to take the writes.
    withdraw_cut_back(context, context.control);
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

#include "orchestrator/steps/write_stop.hpp"

#include <chrono>

namespace transload {
namespace {

std::int64_t now_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string seconds_text(std::int64_t milliseconds) {
    return std::to_string(milliseconds / 1000) + "." + std::to_string(milliseconds % 1000 / 100) + " s";
}

}  // namespace

bool hold_writes(StepContext& context) {
    const JobSpec& spec = context.job.spec;
    CutoverReport& record = context.job.report.cutover;
    if (spec.cutover.mode == CutoverMode::none || record.state == WriteStopState::over) return false;
    if (record.state == WriteStopState::held && context.ports.write_gate.holds(spec, record)) return false;
    if (record.state == WriteStopState::releasing) withdraw_writes(context, context.control);
    if (record.state == WriteStopState::none) {
        context.ports.write_gate.look(spec, record, context.control);
        record.stopped_at = now_ms();
    }
    // From `held` too: a source that was restarted has forgotten its stop, and what it was before is in the record.
    record.state = WriteStopState::stopping;
    context.control.record(Severity::info, "cutover", "source", "stopping the source's writes by " + record.method);
    context.ports.write_gate.stop(spec, record, context.control);
    record.state = WriteStopState::held;
    context.control.record(Severity::info, "cutover", "source",
                           "the source takes no writes; its position is " + record.position);
    return true;
}

void withdraw_writes(StepContext& context, RunControl& control) {
    CutoverReport& record = context.job.report.cutover;
    if (record.state == WriteStopState::none || record.state == WriteStopState::over) return;
    record.state = WriteStopState::releasing;
    context.control.record(Severity::warning, "cutover", "source", "taking the write stop back");
    context.ports.write_gate.release(context.job.spec, record, control);
    const std::int64_t held = record.stopped_at == 0 ? 0 : now_ms() - record.stopped_at;
    record.state = WriteStopState::none;
    record.stopped_at = 0;
    ++record.withdrawn;
    context.control.record(Severity::warning, "cutover", "source",
                           "the source takes writes again, after " + seconds_text(held));
}

void hand_over(StepContext& context) {
    CutoverReport& record = context.job.report.cutover;
    if (record.state != WriteStopState::held) return;
    const std::int64_t held = now_ms() - record.stopped_at;
    record.state = WriteStopState::over;
    context.job.report.timings.write_stop_seconds = static_cast<double>(held) / 1000;
    context.control.record(Severity::info, "cutover", "target",
                           "handed over after a write stop of " + seconds_text(held) +
                               "; the source stays without writes");
}

}  // namespace transload

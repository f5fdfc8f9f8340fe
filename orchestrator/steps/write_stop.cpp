#include "orchestrator/steps/write_stop.hpp"

#include <chrono>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/steps/unstopped_control.hpp"

namespace transload {
namespace {

std::int64_t now_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string seconds_text(std::int64_t milliseconds) {
    const std::string rest = std::to_string(1000 + milliseconds % 1000).substr(1);
    return std::to_string(milliseconds / 1000) + "." + rest + " s";
}

WriteStop stop_of(StepContext& context) {
    return {context, context.job.spec, context.job.report.cutover, "cutover"};
}

}  // namespace

bool WriteStop::hold() {
    WriteGate& gate = context_.ports.write_gate;
    if (has_handed_over(record_)) return false;
    if (record_.state == WriteStopState::held && gate.holds(spec_, record_)) return false;
    if (record_.state == WriteStopState::releasing) withdraw(context_.control);
    if (record_.state == WriteStopState::none) {
        gate.look(spec_, record_, context_.control);
        record_.stopped_at = now_ms();
    }
    // From `held` too: a server that was restarted has forgotten its stop, and what it was before is in the record.
    record_.state = WriteStopState::stopping;
    context_.control.record(Severity::info, step_, spec_.source.label(), "stopping its writes by " + record_.method);
    gate.stop(spec_, record_, context_.control);
    record_.state = WriteStopState::held;
    context_.control.record(Severity::info, step_, spec_.source.label(),
                            "takes no writes; its position is " + record_.position);
    return true;
}

void WriteStop::withdraw(RunControl& control) {
    if (record_.state == WriteStopState::none || has_handed_over(record_)) return;
    record_.state = WriteStopState::releasing;
    try {
        context_.control.record(Severity::warning, step_, spec_.source.label(), "taking the write stop back");
    } catch (const Error&) {
        // Nothing can be stored (a full disk): writers don't wait for that. Whoever finds the stop recorded as held asks the
        // server, and holds it anew, before anything is handed over.
    }
    context_.ports.write_gate.release(spec_, record_, control);
    const std::int64_t held = record_.stopped_at == 0 ? 0 : now_ms() - record_.stopped_at;
    record_.state = WriteStopState::none;
    record_.programs.clear();
    record_.stopped_at = 0;
    ++record_.withdrawn;
    context_.control.record(Severity::warning, step_, spec_.source.label(),
                            "takes writes again, after " + seconds_text(held));
}

void WriteStop::give_word() {
    if (record_.state != WriteStopState::held) return;
    record_.state = WriteStopState::telling;
    try {
        context_.control.record(Severity::info, step_, spec_.target.label(), "is about to take over");
    } catch (...) {
        record_.state = WriteStopState::held;  // nobody was told anything
        throw;
    }
}

void WriteStop::take_back_word() {
    if (record_.state != WriteStopState::telling) return;
    record_.state = WriteStopState::held;
    context_.control.record(Severity::warning, step_, spec_.target.label(), "has not taken over: the hand-over failed");
}

void WriteStop::hand_over() {
    if (record_.state != WriteStopState::held && record_.state != WriteStopState::telling) return;
    record_.handed_over_at = now_ms();
    const std::int64_t held = record_.handed_over_at - record_.stopped_at;
    record_.state = WriteStopState::over;
    // The report's figure is that of the job's cutover; a cut back has its own in its record.
    if (&record_ == &context_.job.report.cutover)
        context_.job.report.timings.write_stop_seconds = static_cast<double>(held) / 1000;
    context_.control.record(Severity::info, step_, spec_.target.label(),
                            "has taken over after a write stop of " + seconds_text(held) + "; " + spec_.source.label() +
                                " stays without writes");
}

double write_stop_seconds(const CutoverReport& record) {
    if (record.stopped_at == 0) return 0;
    const std::int64_t until = record.handed_over_at == 0 ? now_ms() : record.handed_over_at;
    return static_cast<double>(until - record.stopped_at) / 1000;
}

bool hold_writes(StepContext& context) {
    if (context.job.spec.cutover.mode == CutoverMode::none) return false;
    return stop_of(context).hold();
}

void withdraw_writes(StepContext& context, RunControl& control) { stop_of(context).withdraw(control); }

void hand_over(StepContext& context) {
    const CutoverReport& record = context.job.report.cutover;
    if (record.state != WriteStopState::held && record.state != WriteStopState::telling) return;
    // Found so: by a process that ended before it knew the answer. Clients may have turned then, whatever is answered now.
    const bool told_before = record.state == WriteStopState::telling;
    WriteStop stop = stop_of(context);
    stop.give_word();
    HandOverFacts facts;
    facts.job = context.job.id;
    facts.source_position = record.position;
    facts.target_position = record.reverse_position;
    facts.write_stop_seconds = write_stop_seconds(record);
    try {
        // Half told is worse than a stop that is obeyed a few seconds later.
        UnstoppedControl unstopped(context.control);
        context.ports.hand_over.tell(context.job.spec, facts, unstopped);
    } catch (const Error&) {
        if (!told_before) stop.take_back_word();
        throw;
    }
    stop.hand_over();
}

}  // namespace transload

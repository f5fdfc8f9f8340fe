#include "orchestrator/steps/cut_back.hpp"

#include "orchestrator/plan/error.hpp"
#include "orchestrator/steps/reverse_job.hpp"
#include "orchestrator/steps/write_stop.hpp"

namespace transload {
namespace {

void require_equal_changes(StepContext& context, const ReverseJob& back) {
    const auto different = context.ports.native_engine.check_changes(back.data(), context.control);
    if (!different || different->empty()) return;
    throw Error(ErrorKind::failed, "validation.mismatch", different->front().display(),
                "rows that came back from the target differ on the source",
                "the target takes writes again; find out who else writes to the source");
}

}  // namespace

void cut_back(StepContext& context) {
    CutoverReport& record = context.job.report.cut_back;
    if (record.state != WriteStopState::over) {
        const ReverseJob back(context);
        DataEngine& engine = context.ports.native_engine;
        WriteStop stop(context, back.spec(), record, "cutback");
        stop.hold();
        try {
            record.drain_proof = engine.drain(back.data(), back.spec().cutover.timeout, context.control);
        } catch (const Error& error) {
            rethrow_about_way_back(error);
        }
        require_equal_changes(context, back);
        engine.commit(back.data(), context.control);
        if (!context.ports.write_gate.holds(back.spec(), record))
            throw Error(ErrorKind::transient, "cutover.stop_lost", back.spec().source.label(),
                        "the target took writes again before the source had taken over",
                        "find out who restarted it or switched the write stop off");
        stop.hand_over();
    }
    // From here on nothing keeps the source from its writers but its own old stop.
    context.ports.write_gate.release(context.job.spec, context.job.report.cutover, context.control);
    context.job.report.cutover.programs.clear();
    HandOverFacts facts;
    facts.kind = HandOverKind::cut_back;
    facts.job = context.job.id;
    facts.source_position = record.position;
    facts.write_stop_seconds = write_stop_seconds(record);
    context.ports.hand_over.tell(context.job.spec, facts, context.control);
    const ReverseJob back(context);
    context.ports.native_engine.forget(back.data(), context.control);
}

void rethrow_about_way_back(const Error& error) {
    if (error.id() != "native.apply_conflict") throw;
    throw Error(error.kind(), error.id(), error.object(), error.message(),
                "on the source this row is not as the stream left it: somebody wrote to the source, or a row that a "
                "mapping's `where` did not take has the same key; mend that row on the source and retry, or keep the "
                "target with 'job finish'");
}

void withdraw_cut_back(StepContext& context, RunControl& control) {
    CutoverReport& record = context.job.report.cut_back;
    if (record.state == WriteStopState::none || record.state == WriteStopState::over) return;
    WriteStop(context, reversed(context.job.spec), record, "cutback").withdraw(control);
}

}  // namespace transload

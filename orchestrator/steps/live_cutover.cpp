#include "orchestrator/steps/live_cutover.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/steps/carriers.hpp"
#include "orchestrator/steps/equality.hpp"
#include "orchestrator/steps/live_equality.hpp"
#include "orchestrator/steps/reverse_job.hpp"
#include "orchestrator/steps/step_parts.hpp"
#include "orchestrator/steps/write_stop.hpp"

namespace transload {
namespace {

/// Ahead of the write stop, because it takes some statements on a source that still takes them: from here on the
/// target's log is the way back. What the forward stream still writes carries its origin, and is passed over.
void begin_way_back(StepContext& context) {
    if (!context.job.spec.cutover.reverse) return;
    const ReverseJob back(context);
    DataEngine& engine = context.ports.native_engine;
    engine.halt(back.data(), context.control);
    engine.forget(back.data(), context.control);  // of an attempt that was withdrawn
    engine.configure(back.data(), context.control);
}

void wait_for_small_lag(StepContext& context) {
    const auto limit = context.job.spec.cutover.timeout;
    const auto end = std::chrono::steady_clock::now() + limit;
    const Carrier carrier = carriers(context).front();
    while (true) {
        const FollowStatus status = carrier.engine.follow(data_job(context, carrier), context.control);
        if (status.caught_up) return;
        if (std::chrono::steady_clock::now() > end)
            throw Error(ErrorKind::transient, "cutover.lag", context.job.spec.source.label(),
                        "the target is too far behind for a short write stop: " + status.description,
                        "wait for a quieter time, or raise cutover.max_lag");
        context.control.sleep(std::chrono::milliseconds{20});
    }
}

}  // namespace

void disarm_target(StepContext& context, RunControl& control) {
    if (context.job.spec.cutover.mode == CutoverMode::none || !context.scratch.tables || !cuts_over_live(context)) return;
    // A target that does not answer must not keep the source waiting for nothing.
    if (has_handed_over(context.job.report.cutover) || context.scratch.disarmed) return;
    context.ports.schema.withdraw_at_cutover(schema_job(context), control);
    context.scratch.disarmed = true;
}

std::optional<Failure> prepare_live_cutover(StepContext& context) {
    context.ports.schema.apply_ahead(schema_job(context), context.control);
    return prove_equality_live(context);
}

std::optional<Failure> cut_over_live(StepContext& context) {
    CutoverReport& record = context.job.report.cutover;
    if (record.state == WriteStopState::over) return std::nullopt;
    if (record.state == WriteStopState::telling) {
        // Killed while the world was told: clients may have turned, so that the only way is on.
        hand_over(context);
        return std::nullopt;
    }
    (void)planned_tables(context);
    disarm_target(context, context.control);  // a killed orchestrator may have left it armed
    // A restarted process has not seen what changed since both sides were compared: it compares them again, and gives
    // the source back for that long.
    if (!context.scratch.compared_live) {
        withdraw_writes(context, context.control);
        if (auto failure = prepare_live_cutover(context)) return failure;
        context.scratch.compared_live = true;
    }
    std::string programs = context.job.spec.cutover.reverse ? context.ports.write_gate.programs(context.job.spec, context.control) : "";
    if (record.state == WriteStopState::none) {
        begin_way_back(context);
        wait_for_small_lag(context);
    }

    hold_writes(context);
    try {
        drain_all(context);
        const Carrier drained = carriers(context).front();
        context.job.report.changes_applied = drained.engine.follow(data_job(context, drained), context.control).changes_applied;
        if (auto failure = prove_changes_equal(context)) return failure;
    } catch (const Error& error) {
        context.scratch.compared_live = error.id() != "cutover.unproven";
        throw;
    }
    const Carrier carrier = carriers(context).front();
    const DataJob forward = data_job(context, carrier);
    // The stream ends here, and with it what it remembers: should the rest fail, the next attempt compares anew before it
    // stops the writes again.
    context.scratch.compared_live = false;
    carrier.engine.commit(forward, context.control);
    context.scratch.disarmed = false;
    context.ports.schema.apply_at_cutover(schema_job(context), context.control);
    // Before the stream back writes its checkpoint there: some methods see by the position that nobody else does.
    if (!context.ports.write_gate.holds(context.job.spec, record))
        throw Error(ErrorKind::transient, "cutover.stop_lost", context.job.spec.source.label(),
                    "the source took writes again before the target had taken over",
                    "find out who restarted it or switched the write stop off");
    if (context.job.spec.cutover.reverse) {
        const ReverseJob back(context);
        record.programs = std::move(programs);
        if (!record.programs.empty())
            context.control.record(Severity::info, "cutover", context.job.spec.source.label(),
                                   "setting its triggers and events aside");
        context.ports.write_gate.admit_stream(context.job.spec, record, context.control);
        record.reverse_position = context.ports.write_gate.position(back.spec());
        (void)context.ports.native_engine.follow(back.data(), context.control);
    }
    context.control.check();  // the last moment in which it can still be called off
    hand_over(context);
    return std::nullopt;
}

}  // namespace transload

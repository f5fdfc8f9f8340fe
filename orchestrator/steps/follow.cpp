#include "orchestrator/steps/follow.hpp"

#include "orchestrator/plan/error.hpp"
#include "orchestrator/steps/carriers.hpp"
#include "orchestrator/steps/live_cutover.hpp"
#include "orchestrator/steps/live_equality.hpp"

namespace transload {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds between_looks{500};

struct Looked {
    bool caught_up = true;
    std::string description;
};

Looked look(StepContext& context) {
    Looked looked;
    std::uint64_t changes = 0;
    for (const Carrier& carrier : carriers(context)) {
        const FollowStatus status = carrier.engine.follow(data_job(context, carrier), context.control);
        looked.caught_up = looked.caught_up && status.caught_up;
        changes += status.changes_applied;
        if (!looked.description.empty()) looked.description += "; ";
        looked.description += std::string(carrier.engine.name()) + ": " + status.description;
    }
    if (changes != 0) context.job.report.changes_applied = changes;
    return looked;
}

}  // namespace

void follow_until_cutover(StepContext& context) {
    const CutoverMode mode = context.job.spec.cutover.mode;
    if (mode == CutoverMode::none) return;
    for (bool announced = false;;) {
        const Looked looked = look(context);
        if (looked.caught_up && (mode == CutoverMode::automatic || context.control.cutover_requested())) return;
        if (looked.caught_up && !announced) {
            context.control.event(Severity::info, "data.run", "",
                                  "caught up with the source; following until the cutover is asked for with "
                                  "'transload job cutover " +
                                      context.job.id.str() + "' (" + looked.description + ")");
            announced = true;
        }
        context.control.sleep(between_looks);
    }
}

std::optional<Failure> follow_live(StepContext& context) {
    using std::chrono::steady_clock;
    const JobSpec& spec = context.job.spec;
    auto validated = steady_clock::now();
    bool prepared = false;
    const auto asked = [&] {
        return spec.cutover.mode == CutoverMode::automatic || context.control.cutover_requested();
    };
    while (true) {
        try {
            const Looked looked = look(context);
            const bool again =
                spec.follow.validate_every.count() != 0 && steady_clock::now() - validated > spec.follow.validate_every;
            if (looked.caught_up && (!prepared || again)) {
                if (auto failure = prepare_live_cutover(context)) return failure;
                context.scratch.compared_live = true;
                validated = steady_clock::now();
                if (!prepared && spec.cutover.mode == CutoverMode::manual)
                    context.control.event(Severity::info, "data.run", "",
                                          "ready; following until the cutover is asked for with 'transload job cutover " +
                                              context.job.id.str() + "'");
                prepared = true;
                continue;
            }
            if (prepared && looked.caught_up && asked()) return std::nullopt;
            context.control.sleep(prepared && looked.caught_up ? between_looks : between_looks / 5);
        } catch (const Error& error) {
            if (error.id() == definition_applied) {
                context.scratch.tables.reset();
                transfer_rows(context);
                prepared = false;
                continue;
            }
            if (!spec.repair || error.id() != "native.apply_conflict") throw;
            context.control.event(Severity::warning, "data.run", error.object(),
                                  error.message() + "; the rows that differ are re-copied");
            if (auto failure = prove_equality_live(context, true)) return failure;
        }
    }
}

}  // namespace transload

#include "orchestrator/steps/follow.hpp"

#include "orchestrator/steps/carriers.hpp"

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
    for (const Carrier& carrier : carriers(context)) {
        const FollowStatus status = carrier.engine.follow(data_job(context, carrier), context.control);
        looked.caught_up = looked.caught_up && status.caught_up;
        if (!looked.description.empty()) looked.description += "; ";
        looked.description += std::string(carrier.engine.name()) + ": " + status.description;
    }
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

}  // namespace transload

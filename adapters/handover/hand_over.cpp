#include "adapters/handover/hand_over.hpp"

#include "adapters/handover/command.hpp"
#include "adapters/handover/facts.hpp"
#include "adapters/handover/webhook.hpp"

namespace transload::handover {

void ExternalHandOver::tell(const JobSpec& spec, const HandOverFacts& facts, RunControl& control) {
    const HandOverOptions& options = spec.cutover.hand_over;
    if (options.command.empty() && options.webhook.empty()) return;
    control.check();
    const Deadline deadline = std::chrono::steady_clock::now() + options.timeout;
    const std::string document = facts_json(spec, facts);
    if (!options.command.empty()) run_command(options.command, facts, document, deadline, control);
    if (!options.webhook.empty()) post_webhook(options.webhook, document, deadline, control);
}

}  // namespace transload::handover

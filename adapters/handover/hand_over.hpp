#pragma once
#include "orchestrator/ports/hand_over.hpp"

namespace transload::handover {

/// HandOver by a program and a webhook, in this order, within HandOverOptions::timeout for both together. The facts are
/// JSON (docs/cutover.md) and hold no secret. Stateless, thread-safe.
class ExternalHandOver final : public HandOver {
  public:
    void tell(const JobSpec& spec, const HandOverFacts& facts, RunControl& control) override;
};

}  // namespace transload::handover

#pragma once
#include <memory>

#include "orchestrator/steps/step.hpp"

namespace transload::cli {

/// One of each adapter that steps call. Thread-safe as the ports are.
class Adapters {
  public:
    Adapters();
    ~Adapters();
    Adapters(const Adapters&) = delete;
    Adapters& operator=(const Adapters&) = delete;

    [[nodiscard]] StepPorts ports();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace transload::cli

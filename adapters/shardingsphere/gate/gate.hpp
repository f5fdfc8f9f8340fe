#pragma once
#include "orchestrator/ports/engine_gate.hpp"

namespace transload::shardingsphere {

/// Judges tables against what ShardingSphere-Proxy 5.5.2 can carry without losing a row. Stateless,
/// thread-safe.
class ShardingSphereGate final : public EngineGate {
  public:
    [[nodiscard]] Findings choose(const JobSpec& spec, std::vector<TablePlan>& tables,
                                  RunControl& control) override;
};

}  // namespace transload::shardingsphere

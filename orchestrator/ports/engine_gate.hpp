#pragma once
#include <vector>

#include "orchestrator/plan/finding.hpp"
#include "orchestrator/plan/table_plan.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload {

/// Decides which engine carries each table.
class EngineGate {
  public:
    virtual ~EngineGate() = default;

    /// Sets `TablePlan::engine` (native or shardingsphere) and `TablePlan::sharded`. With EngineChoice::shardingsphere a
    /// table that it can't carry safely is a finding of severity error; with automatic it goes to native and the
    /// finding says why (info), unless the target is sharded and native can't reach it (error). Changes nothing anywhere.
    /// Throws Error when a server or a proxy can't be reached.
    [[nodiscard]] virtual Findings choose(const JobSpec& spec, std::vector<TablePlan>& tables, RunControl& control) = 0;
};

}  // namespace transload

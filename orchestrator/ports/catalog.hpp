#pragma once
#include <vector>

#include "orchestrator/plan/table_plan.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload {

/// Reads what there is on the servers.
class Catalog {
  public:
    virtual ~Catalog() = default;

    /// A plan for each selected base table of the source, ordered by (database, table).
    /// Throws Error when the source can't be reached or a database does not exist.
    [[nodiscard]] virtual std::vector<TablePlan> plan_tables(const JobSpec& spec, RunControl& control) = 0;
};

/// Finds out before anything is changed what would go wrong later.
class Preflight {
  public:
    virtual ~Preflight() = default;

    /// Changes nothing anywhere. What can't be looked at is a finding too. Findings are ordered: errors first,
    /// then by id and object. Throws Error only when a server can't be reached at all.
    [[nodiscard]] virtual Findings inspect(const JobSpec& spec, const std::vector<TablePlan>& tables,
                                           RunControl& control) = 0;
};

}  // namespace transload

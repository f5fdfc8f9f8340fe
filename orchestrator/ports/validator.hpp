#pragma once
#include <memory>
#include <vector>

#include "orchestrator/plan/report.hpp"
#include "orchestrator/plan/table_plan.hpp"
#include "orchestrator/ports/data_engine.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload {

/// References must outlive the call.
struct ValidationRequest {
    const JobSpec& spec;  ///< endpoints, level, sample, repair, limits
    const std::vector<TablePlan>& tables;
    std::shared_ptr<SourceView> view;  ///< the source as it is to be compared; null: open one now
    std::shared_ptr<SourceView> target_view;  ///< the target likewise, it may be written to meanwhile; null: as it is while it is read, it must stand still then. Nothing is repaired with one, and tables may be left `unseen`
};

/// A table that the views can't show: it was made anew since they were opened (TRUNCATE, ALTER), somebody locks it, or the
/// server misreads its older versions.
struct UnseenTable {
    TableName table;  ///< of the source
    std::string why;
};

struct ValidationOutcome {
    std::vector<TableReport> tables;  ///< in the order of the request's tables
    ValidationReport summary;
    std::vector<UnseenTable> unseen;  ///< with a target_view only: were not compared, and count as nothing in the rest
};

/// Proves that target equals source, or names the rows that differ.
class Validator {
  public:
    virtual ~Validator() = default;

    /// Compares at JobSpec::validate. With JobSpec::repair (and no target_view) the rows found different are re-copied from the view
    /// and compared again; `mismatches` counts what is left, `repaired` what was mended.
    [[nodiscard]] virtual ValidationOutcome validate(const ValidationRequest& request, RunControl& control) = 0;
};

}  // namespace transload

#pragma once
#include <string>
#include <vector>

#include "orchestrator/steps/step.hpp"

namespace transload {

/// An engine of the job, with the tables that it carries.
struct Carrier {
    DataEngine& engine;
    std::vector<TablePlan> tables;
};

/// The engines that have tables in this job; the one that follows the source by itself comes first. A job without any
/// table has the native one.
[[nodiscard]] std::vector<Carrier> carriers(StepContext& context);

/// Its engine brings changes of the source to the target by itself.
[[nodiscard]] bool follows_source(const StepContext& context, const Carrier& carrier);

/// The job cuts over, and the native engine carries all of it: validation runs while both sides move, and the write stop
/// holds nothing but what has to be in it.
[[nodiscard]] bool cuts_over_live(StepContext& context);

/// What a carrier's engine works on. Refers into `context` and `carrier`.
[[nodiscard]] DataJob data_job(StepContext& context, const Carrier& carrier);

/// The carriers' names for the report: "native", "shardingsphere", "shardingsphere, native".
[[nodiscard]] std::string names_of(const std::vector<Carrier>& carriers);

/// Carries rows (or finds them carried), and adds up the figures. `scratch.view` is the view that the rows of engines
/// that do not follow are equal to.
void transfer_rows(StepContext& context);

}  // namespace transload

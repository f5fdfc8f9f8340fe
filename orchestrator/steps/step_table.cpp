#include <array>
#include <utility>

#include "orchestrator/steps/step.hpp"

namespace transload {

StepFunction step_function(JobState state) {
    static constexpr auto table = std::to_array<std::pair<JobState, StepFunction>>({
        {JobState::planning, run_preflight},
        {JobState::pending, run_queue},
        {JobState::schema_generating, run_schema_generate},
        {JobState::schema_applying, run_schema_apply},
        {JobState::data_configuring, run_data_configure},
        {JobState::data_running, run_data},
        {JobState::cutting_over, run_cutover},
        {JobState::validating, run_validate},
        {JobState::finalizing, run_finalize},
        {JobState::reversing, run_reverse},
        {JobState::closing, run_close},
        {JobState::cutting_back, run_cut_back},
        {JobState::rolling_back, run_rollback},
    });
    for (const auto& [candidate, function] : table)
        if (candidate == state) return function;
    return nullptr;
}

}  // namespace transload

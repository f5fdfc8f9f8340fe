#include "orchestrator/job/job_state.hpp"

#include <array>

namespace transload {
namespace {

struct StateInfo {
    JobState state;
    std::string_view name;
    Lifecycle lifecycle;
    bool active;
};

constexpr auto states = std::to_array<StateInfo>({
    {JobState::draft, "DRAFT", Lifecycle::draft, false},
    {JobState::planning, "PLANNING", Lifecycle::planning, true},
    {JobState::ready, "READY", Lifecycle::ready, false},
    {JobState::pending, "PENDING", Lifecycle::running, true},
    {JobState::schema_generating, "SCHEMA_GENERATING", Lifecycle::running, true},
    {JobState::schema_applying, "SCHEMA_APPLYING", Lifecycle::running, true},
    {JobState::data_configuring, "DATA_CONFIGURING", Lifecycle::running, true},
    {JobState::data_running, "DATA_RUNNING", Lifecycle::running, true},
    {JobState::cutting_over, "CUTTING_OVER", Lifecycle::running, true},
    {JobState::validating, "VALIDATING", Lifecycle::running, true},
    {JobState::finalizing, "FINALIZING", Lifecycle::running, true},
    {JobState::reversing, "REVERSING", Lifecycle::running, true},
    {JobState::closing, "CLOSING", Lifecycle::running, true},
    {JobState::cutting_back, "CUTTING_BACK", Lifecycle::running, true},
    {JobState::done, "DONE", Lifecycle::completed, false},
    {JobState::paused, "PAUSED", Lifecycle::paused, false},
    {JobState::cancelled, "CANCELLED", Lifecycle::cancelled, false},
    {JobState::rolling_back, "ROLLING_BACK", Lifecycle::running, true},
    {JobState::rolled_back, "ROLLED_BACK", Lifecycle::rolled_back, false},
    {JobState::preflight_failed, "PREFLIGHT_FAILED", Lifecycle::failed, false},
    {JobState::schema_generate_failed, "SCHEMA_GENERATE_FAILED", Lifecycle::failed, false},
    {JobState::schema_failed, "SCHEMA_FAILED", Lifecycle::failed, false},
    {JobState::data_config_failed, "DATA_CONFIG_FAILED", Lifecycle::failed, false},
    {JobState::data_failed, "DATA_FAILED", Lifecycle::failed, false},
    {JobState::cutover_failed, "CUTOVER_FAILED", Lifecycle::failed, false},
    {JobState::validation_failed, "VALIDATION_FAILED", Lifecycle::failed, false},
    {JobState::finalize_failed, "FINALIZE_FAILED", Lifecycle::failed, false},
    {JobState::reverse_failed, "REVERSE_FAILED", Lifecycle::failed, false},
    {JobState::cut_back_failed, "CUT_BACK_FAILED", Lifecycle::failed, false},
    {JobState::rollback_failed, "ROLLBACK_FAILED", Lifecycle::failed, false},
});

const StateInfo& info(JobState state) {
    for (const StateInfo& candidate : states)
        if (candidate.state == state) return candidate;
    return states.front();
}

}  // namespace

std::string_view to_string(JobState state) { return info(state).name; }

std::string_view to_string(Lifecycle lifecycle) {
    switch (lifecycle) {
        case Lifecycle::draft: return "Draft";
        case Lifecycle::planning: return "Planning";
        case Lifecycle::ready: return "Ready";
        case Lifecycle::running: return "Running";
        case Lifecycle::paused: return "Paused";
        case Lifecycle::failed: return "Failed";
        case Lifecycle::completed: return "Completed";
        case Lifecycle::cancelled: return "Cancelled";
        case Lifecycle::rolled_back: return "RolledBack";
    }
    return "?";
}

std::optional<JobState> job_state_from(std::string_view name) {
    for (const StateInfo& candidate : states)
        if (candidate.name == name) return candidate.state;
    return std::nullopt;
}

Lifecycle lifecycle_of(JobState state) { return info(state).lifecycle; }

const std::vector<JobState>& all_job_states() {
    static const std::vector<JobState> all = [] {
        std::vector<JobState> result;
        for (const StateInfo& state : states) result.push_back(state.state);
        return result;
    }();
    return all;
}

bool is_active(JobState state) { return info(state).active; }

bool is_terminal(JobState state) {
    return state == JobState::done || state == JobState::cancelled || state == JobState::rolled_back;
}

bool is_failed(JobState state) { return info(state).lifecycle == Lifecycle::failed; }

}  // namespace transload

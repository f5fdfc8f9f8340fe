#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace transload {

/// What a user sees. The transitions between them are data: see transitions.hpp.
enum class JobState {
    draft,
    planning,
    ready,
    pending,
    schema_generating,
    schema_applying,
    data_configuring,
    data_running,
    cutting_over,
    validating,
    finalizing,
    reversing,     ///< handed over; the source is kept up to date with the target
    closing,       ///< the reverse stream is ended, the target stays
    cutting_back,  ///< writes stopped on the target, drained, the source takes over again
    done,
    paused,
    cancelled,
    rolling_back,
    rolled_back,
    preflight_failed,
    schema_generate_failed,
    schema_failed,
    data_config_failed,
    data_failed,
    cutover_failed,
    validation_failed,
    finalize_failed,
    reverse_failed,
    cut_back_failed,
    rollback_failed,
};

/// Groups of states, for lists and dashboards.
enum class Lifecycle { draft, planning, ready, running, paused, failed, completed, cancelled, rolled_back };

[[nodiscard]] std::string_view to_string(JobState state);    ///< "DATA_RUNNING"
[[nodiscard]] std::string_view to_string(Lifecycle lifecycle);  ///< "Running"
[[nodiscard]] std::optional<JobState> job_state_from(std::string_view name);
[[nodiscard]] Lifecycle lifecycle_of(JobState state);
[[nodiscard]] const std::vector<JobState>& all_job_states();

/// A runner works on the job in this state (PLANNING … CUTTING_BACK, ROLLING_BACK): after a restart it goes on by itself.
[[nodiscard]] bool is_active(JobState state);
/// Nothing will ever happen again: DONE, CANCELLED, ROLLED_BACK.
[[nodiscard]] bool is_terminal(JobState state);
[[nodiscard]] bool is_failed(JobState state);

}  // namespace transload

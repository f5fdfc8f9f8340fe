#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "orchestrator/job/job_state.hpp"

namespace transload {

/// What happens to a job: the outcome of the step of its state, or a command. `cutover`, the word for a manual cutover,
/// is in no row of the table: the job stays in its state, and the step that follows the source obeys.
enum class Trigger { created, start, done, skipped, failed, pause, resume, retry, cancel, rollback, finish, cutover };

/// Who brings the transition about: the runner at the end of a step, or a command from outside.
enum class TransitionKind { progress, failure, command };

struct Transition {
    JobState from;
    Trigger on;
    std::string_view step;  ///< the step that ran in `from`; empty for commands
    JobState to;            ///< ignored where `to_previous`
    TransitionKind kind;
    std::string_view comment;
    bool to_previous = false;  ///< goes to Job::resume_state
};

/// The whole state machine. docs/states.md is generated from it.
[[nodiscard]] std::span<const Transition> transitions();

/// The row for (from, on); nullptr when the trigger is not allowed in that state.
[[nodiscard]] const Transition* find_transition(JobState from, Trigger on);

/// Name of the step that runs in a state ("schema.generate"); empty when none does.
[[nodiscard]] std::string_view step_of(JobState state);

[[nodiscard]] std::string_view to_string(Trigger trigger);
[[nodiscard]] std::optional<Trigger> trigger_from(std::string_view name);
[[nodiscard]] std::string_view to_string(TransitionKind kind);

}  // namespace transload

#include "orchestrator/job/transitions.hpp"

#include <array>

namespace transload {
namespace {

using S = JobState;
using T = Trigger;
constexpr auto progress = TransitionKind::progress;
constexpr auto failure = TransitionKind::failure;
constexpr auto command = TransitionKind::command;

// The command `cutover` is no row: it changes no state, it sets CutoverReport::requested, which the step obeys.
constexpr auto table = std::to_array<Transition>({
    // clang-format off
    // from                     on           step                to                         kind      comment
    {S::draft,                  T::created,  "",                 S::planning,               progress, "a new job is planned at once"},

    {S::planning,               T::done,     "preflight",        S::ready,                  progress, "findings without an error"},
    {S::planning,               T::failed,   "preflight",        S::preflight_failed,       failure,  "a finding of severity error, or a server that can't be reached"},
    {S::ready,                  T::start,    "",                 S::pending,                command,  "started by the user, or by the request that created it"},
    {S::pending,                T::done,     "queue",            S::schema_generating,      progress, "a runner is free"},
    {S::pending,                T::failed,   "queue",            S::preflight_failed,       failure,  "another job is filling the same tables"},

    {S::schema_generating,      T::done,     "schema.generate",  S::schema_applying,        progress, "the changelogs are saved"},
    {S::schema_generating,      T::failed,   "schema.generate",  S::schema_generate_failed, failure,  "Liquibase or the completion failed"},
    {S::schema_applying,        T::done,     "schema.apply",     S::data_configuring,       progress, "pre-data objects are on the target and compared"},
    {S::schema_applying,        T::failed,   "schema.apply",     S::schema_failed,          failure,  "an object can't be created or is different"},

    {S::data_configuring,       T::done,     "data.configure",   S::data_running,           progress, "the engine is prepared"},
    {S::data_configuring,       T::failed,   "data.configure",   S::data_config_failed,     failure,  "the engine can't be prepared"},
    {S::data_running,           T::done,     "data.run",         S::cutting_over,           progress, "rows copied, indexes built"},
    {S::data_running,           T::failed,   "data.run",         S::data_failed,            failure,  "a table can't be copied"},
    {S::cutting_over,           T::done,     "cutover",          S::validating,             progress, "writes stopped and drained"},
    {S::cutting_over,           T::skipped,  "cutover",          S::validating,             progress, "the job has no cutover"},
    {S::cutting_over,           T::failed,   "cutover",          S::cutover_failed,         failure,  "the write stop was taken back"},
    {S::validating,             T::done,     "validate",         S::finalizing,             progress, "both sides are equal at the chosen level"},
    {S::validating,             T::skipped,  "validate",         S::finalizing,             progress, "both sides were compared before the target took over"},
    {S::validating,             T::failed,   "validate",         S::validation_failed,      failure,  "rows differ, or could not be compared"},
    {S::finalizing,             T::done,     "finalize",         S::reversing,              progress, "post-data schema applied and compared, checkpoints removed"},
    {S::finalizing,             T::failed,   "finalize",         S::finalize_failed,        failure,  "an object can't be created or is different"},

    {S::reversing,              T::skipped,  "reverse",          S::done,                   progress, "the job keeps no way back"},
    {S::reversing,              T::failed,   "reverse",          S::reverse_failed,         failure,  "a change of the target can't be brought to the source"},
    {S::reversing,              T::finish,   "",                 S::closing,                command,  "the target stays: the way back is given up"},
    {S::reversing,              T::rollback, "",                 S::cutting_back,           command,  "back to the source, with all that was written since"},
    {S::reverse_failed,         T::finish,   "",                 S::closing,                command,  "the target stays: the way back is given up"},
    {S::reverse_failed,         T::rollback, "",                 S::cutting_back,           command,  "back to the source, once the stream can go on"},
    {S::closing,                T::done,     "close",            S::done,                   progress, "checkpoints removed; the source stays without writes"},
    {S::closing,                T::failed,   "close",            S::reverse_failed,         failure,  "a server can't be reached"},
    {S::cutting_back,           T::done,     "cutback",          S::rolled_back,            progress, "the source has all rows and takes writes again; the target takes none"},
    {S::cutting_back,           T::failed,   "cutback",          S::cut_back_failed,        failure,  "the target's write stop was taken back"},

    {S::preflight_failed,       T::retry,    "",                 S::planning,               command,  "looks again"},
    {S::schema_generate_failed, T::retry,    "",                 S::schema_generating,      command,  "again from the failed step"},
    {S::schema_failed,          T::retry,    "",                 S::schema_applying,        command,  "again from the failed step"},
    {S::data_config_failed,     T::retry,    "",                 S::data_configuring,       command,  "again from the failed step"},
    {S::data_failed,            T::retry,    "",                 S::data_running,           command,  "continues from the checkpoints"},
    {S::cutover_failed,         T::retry,    "",                 S::cutting_over,           command,  "again from the failed step"},
    {S::validation_failed,      T::retry,    "",                 S::data_running,           command,  "brings the target to a new view of the source, then validates again"},
    {S::finalize_failed,        T::retry,    "",                 S::finalizing,             command,  "again from the failed step"},
    {S::reverse_failed,         T::retry,    "",                 S::reversing,              command,  "continues from the checkpoint"},
    {S::cut_back_failed,        T::retry,    "",                 S::cutting_back,           command,  "again from the failed step"},
    {S::cut_back_failed,        T::finish,   "",                 S::closing,                command,  "the target stays: the way back is given up"},
    {S::rollback_failed,        T::retry,    "",                 S::rolling_back,           command,  "again from the failed step"},

    {S::planning,               T::pause,    "",                 S::paused,                 command,  "stops at the next safe point"},
    {S::ready,                  T::pause,    "",                 S::paused,                 command,  "not to be started for now"},
    {S::pending,                T::pause,    "",                 S::paused,                 command,  "leaves the queue"},
    {S::schema_generating,      T::pause,    "",                 S::paused,                 command,  "ends the child process; the step is repeated"},
    {S::schema_applying,        T::pause,    "",                 S::paused,                 command,  "ends the child process; the step continues"},
    {S::data_configuring,       T::pause,    "",                 S::paused,                 command,  "stops at the next safe point"},
    {S::data_running,           T::pause,    "",                 S::paused,                 command,  "finished chunks stay"},
    {S::validating,             T::pause,    "",                 S::paused,                 command,  "the step is repeated"},
    {S::finalizing,             T::pause,    "",                 S::paused,                 command,  "the step continues"},
    {S::reversing,              T::pause,    "",                 S::paused,                 command,  "the reverse stream waits; retention limits how long"},
    {S::paused,                 T::resume,   "",                 S::pending,                command,  "goes on in the state that was left", true},

    {S::draft,                  T::cancel,   "",                 S::cancelled,              command,  "nothing was changed"},
    {S::planning,               T::cancel,   "",                 S::cancelled,              command,  "nothing was changed"},
    {S::ready,                  T::cancel,   "",                 S::cancelled,              command,  "nothing was changed"},
    {S::pending,                T::cancel,   "",                 S::cancelled,              command,  "leaves the queue"},
    {S::schema_generating,      T::cancel,   "",                 S::cancelled,              command,  "ends the child process; nothing was changed on the servers"},
    {S::schema_applying,        T::cancel,   "",                 S::cancelled,              command,  "ends the child process; what was created stays, rollback removes it"},
    {S::data_configuring,       T::cancel,   "",                 S::cancelled,              command,  "what was created stays, rollback removes it"},
    {S::data_running,           T::cancel,   "",                 S::cancelled,              command,  "what was copied stays, rollback removes it"},
    {S::cutting_over,           T::cancel,   "",                 S::cancelled,              command,  "the write stop is taken back first"},
    {S::validating,             T::cancel,   "",                 S::cancelled,              command,  "what was copied stays, rollback removes it"},
    {S::finalizing,             T::cancel,   "",                 S::cancelled,              command,  "what was created stays, rollback removes it; refused once the target has taken over"},
    {S::paused,                 T::cancel,   "",                 S::cancelled,              command,  "given up"},
    {S::preflight_failed,       T::cancel,   "",                 S::cancelled,              command,  "given up"},
    {S::schema_generate_failed, T::cancel,   "",                 S::cancelled,              command,  "given up"},
    {S::schema_failed,          T::cancel,   "",                 S::cancelled,              command,  "given up"},
    {S::data_config_failed,     T::cancel,   "",                 S::cancelled,              command,  "given up"},
    {S::data_failed,            T::cancel,   "",                 S::cancelled,              command,  "given up"},
    {S::cutover_failed,         T::cancel,   "",                 S::cancelled,              command,  "given up"},
    {S::validation_failed,      T::cancel,   "",                 S::cancelled,              command,  "given up"},
    {S::finalize_failed,        T::cancel,   "",                 S::cancelled,              command,  "given up"},
    {S::rollback_failed,        T::cancel,   "",                 S::cancelled,              command,  "given up"},

    {S::paused,                 T::rollback, "",                 S::rolling_back,           command,  "removes what the job created on the target"},
    {S::cancelled,              T::rollback, "",                 S::rolling_back,           command,  "removes what the job created on the target"},
    {S::schema_failed,          T::rollback, "",                 S::rolling_back,           command,  "removes what the job created on the target"},
    {S::data_config_failed,     T::rollback, "",                 S::rolling_back,           command,  "removes what the job created on the target"},
    {S::data_failed,            T::rollback, "",                 S::rolling_back,           command,  "removes what the job created on the target"},
    {S::cutover_failed,         T::rollback, "",                 S::rolling_back,           command,  "removes what the job created on the target"},
    {S::validation_failed,      T::rollback, "",                 S::rolling_back,           command,  "removes what the job created on the target"},
    {S::finalize_failed,        T::rollback, "",                 S::rolling_back,           command,  "removes what the job created on the target"},
    {S::rolling_back,           T::done,     "rollback",         S::rolled_back,            progress, "nothing of the job is left on the target"},
    {S::rolling_back,           T::failed,   "rollback",         S::rollback_failed,        failure,  "an object can't be removed"},
    // clang-format on
});

}  // namespace

std::span<const Transition> transitions() { return table; }

const Transition* find_transition(JobState from, Trigger on) {
    for (const Transition& transition : table)
        if (transition.from == from && transition.on == on) return &transition;
    return nullptr;
}

std::string_view step_of(JobState state) {
    for (const Transition& transition : table)
        if (transition.from == state && !transition.step.empty()) return transition.step;
    return {};
}

std::string_view to_string(Trigger trigger) {
    switch (trigger) {
        case Trigger::created: return "created";
        case Trigger::start: return "start";
        case Trigger::done: return "done";
        case Trigger::skipped: return "skipped";
        case Trigger::failed: return "failed";
        case Trigger::pause: return "pause";
        case Trigger::resume: return "resume";
        case Trigger::retry: return "retry";
        case Trigger::cancel: return "cancel";
        case Trigger::rollback: return "rollback";
        case Trigger::finish: return "finish";
        case Trigger::cutover: return "cutover";
    }
    return "?";
}

std::optional<Trigger> trigger_from(std::string_view name) {
    for (const T trigger : {T::created, T::start, T::done, T::skipped, T::failed, T::pause, T::resume, T::retry, T::cancel,
                            T::rollback, T::finish, T::cutover})
        if (to_string(trigger) == name) return trigger;
    return std::nullopt;
}

std::string_view to_string(TransitionKind kind) {
    switch (kind) {
        case TransitionKind::progress: return "progress";
        case TransitionKind::failure: return "failure";
        case TransitionKind::command: return "command";
    }
    return "?";
}

}  // namespace transload

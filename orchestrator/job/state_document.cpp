#include "orchestrator/job/state_document.hpp"

#include <fmt/format.h>

#include "orchestrator/job/transitions.hpp"

namespace transload {

std::string state_document() {
    std::string text =
        "# States of a job\n"
        "Generated from the transition table in `orchestrator/job/transitions.cpp`; a test fails when this page is "
        "not what the table says (run it with `TRANSLOAD_UPDATE_DOCS=1` to write the page anew).\n\n"
        "`state` is what a user sees, `lifecycle` groups states for lists. A runner works on the states marked "
        "active; after a restart of the orchestrator they go on by themselves.\n\n"
        "```mermaid\nstateDiagram-v2\n    [*] --> DRAFT\n";
    for (const Transition& row : transitions())
        if (row.kind != TransitionKind::command || row.on == Trigger::start)
            text += fmt::format("    {} --> {}: {}\n", to_string(row.from), to_string(row.to),
                                row.step.empty() ? to_string(row.on) : row.step);
    text += "    DONE --> [*]\n```\nCommands (pause, resume, retry, cancel, rollback, finish) are left out of the diagram.\n\n"
            "The command cutover is in no table: it asks a job with cutover mode manual that is in DATA_RUNNING to cut "
            "over. The job stays in its state until the step that follows the source has brought that about; the "
            "request is part of the job and survives a restart.\n\n";

    text += "| state | lifecycle | active | step |\n| --- | --- | --- | --- |\n";
    for (const JobState state : all_job_states())
        text += fmt::format("| {} | {} | {} | {} |\n", to_string(state), to_string(lifecycle_of(state)),
                            is_active(state) ? "yes" : "", step_of(state));

    text += "\n| from | on | step | to | kind | what it means |\n| --- | --- | --- | --- | --- | --- |\n";
    for (const Transition& row : transitions())
        text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", to_string(row.from), to_string(row.on), row.step,
                            row.to_previous ? "the state that was left" : to_string(row.to), to_string(row.kind),
                            row.comment);
    return text;
}

}  // namespace transload

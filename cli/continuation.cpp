#include "cli/continuation.hpp"

#include <algorithm>

#include "orchestrator/plan/error.hpp"

namespace transload::cli {
namespace {

bool same_server(const Endpoint& one, const Endpoint& other) {
    return one.scheme == other.scheme && one.host == other.host && one.port == other.port;
}

bool same_databases(const JobSpec& one, const JobSpec& other) {
    return std::equal(one.databases.begin(), one.databases.end(), other.databases.begin(), other.databases.end(),
                      [](const DatabaseMapping& a, const DatabaseMapping& b) {
                          return a.source == b.source && a.target == b.target;
                      });
}

}  // namespace

std::optional<Job> find_earlier(const std::vector<Job>& newest_first, const JobSpec& spec, bool also_cancelled) {
    for (const Job& job : newest_first) {
        if (!same_server(job.spec.source, spec.source) || !same_server(job.spec.target, spec.target) ||
            !same_databases(job.spec, spec))
            continue;
        // What stands on the target is that job's now: going on with an older one, or undoing it, would destroy it.
        if (job.state == JobState::done) return std::nullopt;
        if (!is_terminal(job.state) || (also_cancelled && job.state == JobState::cancelled)) return job;
    }
    return std::nullopt;
}

bool untouched(const Job& job) {
    switch (job.state == JobState::paused ? job.resume_state : job.state) {
        case JobState::draft:
        case JobState::planning:
        case JobState::ready:
        case JobState::pending:
        case JobState::preflight_failed:
        case JobState::schema_generating:
        case JobState::schema_generate_failed: return true;
        default: return false;
    }
}

JobSpec continued_spec(const Job& job, const JobSpec& wanted) {
    const JobSpec& begun = job.spec;
    const char* changed = nullptr;
    if (begun.tables.include != wanted.tables.include || begun.tables.exclude != wanted.tables.exclude)
        changed = "tables";
    else if (begun.engine != wanted.engine)
        changed = "engine";
    else if (begun.if_exists != wanted.if_exists)
        changed = "if_exists";
    else if (begun.cutover.mode != wanted.cutover.mode)
        changed = "cutover";
    else if (begun.definers.policy != wanted.definers.policy || begun.definers.account != wanted.definers.account)
        changed = "definers";
    if (changed)
        throw Error(ErrorKind::usage, "job.other_options", job.id.str(),
                    "an unfinished job of this source and target was begun with other " + std::string(changed),
                    "repeat its options to go on with it, or add --restart to remove what it created and begin anew");
    JobSpec spec = wanted;
    spec.schema_dir = begun.schema_dir;  // its changelogs lie there
    spec.start = true;
    return spec;
}

}  // namespace transload::cli

#include "cli/continuation.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "orchestrator/codec/spec_json.hpp"
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

bool same_move(const JobSpec& one, const JobSpec& other) {
    return same_server(one.source, other.source) && same_server(one.target, other.target) && same_databases(one, other);
}

bool same_rules(const ShardingRule& one, const ShardingRule& other) {
    return one.table == other.table && one.units == other.units && one.column == other.column &&
           one.algorithm == other.algorithm && one.properties == other.properties;
}

bool same_units(const StorageUnit& one, const StorageUnit& other) {
    return one.name == other.name && one.database == other.database && same_server(one.endpoint, other.endpoint);
}

bool same_sharding(const std::optional<ShardedTarget>& one, const std::optional<ShardedTarget>& other) {
    if (!one || !other) return !one && !other;
    return one->database == other->database && one->default_unit == other->default_unit &&
           one->leave_out_unsupported == other->leave_out_unsupported &&
           std::equal(one->units.begin(), one->units.end(), other->units.begin(), other->units.end(), same_units) &&
           std::equal(one->rules.begin(), one->rules.end(), other->rules.begin(), other->rules.end(), same_rules);
}

/// What a proxy works on lies in its ZooKeeper namespace. The job can only go on where every namespace that it began in
/// can still be reached, or migrations that nobody looks after would go on writing. Another address of a proxy is fine,
/// and so is one more, unless the job was begun without any: then the engine of its tables was chosen without them.
bool same_proxies(const std::vector<ProxyOptions>& begun, const std::vector<ProxyOptions>& wanted) {
    if (begun.empty()) return wanted.empty();
    return std::all_of(begun.begin(), begun.end(), [&](const ProxyOptions& one) {
        return std::any_of(wanted.begin(), wanted.end(),
                           [&](const ProxyOptions& other) { return other.namespace_name == one.namespace_name; });
    });
}

/// The source is stopped, or may be: who stopped it has to give it back.
bool write_stop_under_way(const CutoverReport& cutover) {
    return cutover.state == WriteStopState::stopping || cutover.state == WriteStopState::held ||
           cutover.state == WriteStopState::releasing || cutover.state == WriteStopState::telling;
}

bool same_write_stop(const CutoverOptions& one, const CutoverOptions& other) {
    return one.write_stop == other.write_stop && one.hook == other.hook && one.accounts == other.accounts;
}

bool same_mapping(const JobSpec& one, const JobSpec& other) {
    return spec_to_json(one)["mapping"] == spec_to_json(other)["mapping"];
}

/// Of the rows to move, and of what becomes of the source.
bool same_choice(const JobSpec& one, const JobSpec& other) {
    return one.tables.include == other.tables.include && one.tables.exclude == other.tables.exclude &&
           same_mapping(one, other) && same_sharding(one.sharding, other.sharding) &&
           one.cutover.mode == other.cutover.mode;
}

}  // namespace

std::optional<Job> find_made(const std::vector<Job>& newest_first, const JobSpec& spec) {
    for (const Job& job : newest_first) {
        if (!same_move(job.spec, spec) || !same_choice(job.spec, spec)) continue;
        if (job.state == JobState::done && has_handed_over(job.report.cutover)) return job;
        if (!untouched(job)) break;  // what stands on the target may be its
    }
    return std::nullopt;
}

std::optional<Job> find_earlier(const std::vector<Job>& newest_first, const JobSpec& spec, bool also_cancelled) {
    for (const Job& job : newest_first) {
        if (!same_move(job.spec, spec)) continue;
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
    else if (write_stop_under_way(job.report.cutover) && !same_write_stop(begun.cutover, wanted.cutover))
        changed = "cutover.write_stop, cutover.hook or cutover.accounts";
    else if (has_handed_over(job.report.cutover) && begun.cutover.reverse != wanted.cutover.reverse)
        changed = "cutover.reverse";
    else if (!same_mapping(begun, wanted))
        changed = "mapping";
    else if (!same_sharding(begun.sharding, wanted.sharding))
        changed = "target.sharding";
    else if (!same_proxies(begun.shardingsphere.proxies, wanted.shardingsphere.proxies))
        changed = "shardingsphere.proxies";
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

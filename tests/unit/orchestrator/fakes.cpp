#include "tests/unit/orchestrator/fakes.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "orchestrator/codec/spec_json.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::test {

void MemoryStore::create(const Job& job) {
    const std::lock_guard lock(mutex_);
    jobs_.emplace(job.id, job);
}
std::optional<Job> MemoryStore::load(const JobId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    return found == jobs_.end() ? std::nullopt : std::optional(found->second);
}
std::vector<Job> MemoryStore::list() const {
    const std::lock_guard lock(mutex_);
    std::vector<Job> jobs;
    for (const auto& [id, job] : jobs_) jobs.push_back(job);
    return jobs;
}
Event MemoryStore::commit(const Job& job, Event event) {
    if (broken) throw Error(ErrorKind::failed, "store.full", "store", "no space left", "free space");
    {
        const std::lock_guard lock(mutex_);
        if (const auto before = jobs_.find(job.id); before != jobs_.end() && before->second.state != job.state)
            requests_[job.id].command.reset();
        jobs_[job.id] = job;
        if (job.report.cutover.requested) asked_.erase(job.id);
    }
    return append(std::move(event));
}
void MemoryStore::ask_cutover(const JobId& id) {
    const std::lock_guard lock(mutex_);
    asked_.insert(id);
}
bool MemoryStore::cutover_asked(const JobId& id) const {
    const std::lock_guard lock(mutex_);
    return asked_.contains(id);
}
void MemoryStore::ask_command(const JobId& id, Trigger command) {
    const std::lock_guard lock(mutex_);
    requests_[id].command = command;
}
void MemoryStore::ask_limits(const JobId& id, const Limits& limits) {
    const std::lock_guard lock(mutex_);
    requests_[id].limits = limits;
}
JobRequests MemoryStore::requests(const JobId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = requests_.find(id);
    return found == requests_.end() ? JobRequests{} : found->second;
}
void MemoryStore::answered(const JobId& id, const JobRequests& seen) {
    const std::lock_guard lock(mutex_);
    JobRequests& waiting = requests_[id];
    if (seen.command && waiting.command == seen.command) waiting.command.reset();
    if (seen.limits && waiting.limits && limits_to_json(*waiting.limits) == limits_to_json(*seen.limits)) waiting.limits.reset();
}
Event MemoryStore::append(Event event) {
    const std::lock_guard lock(mutex_);
    std::uint64_t last = 0;
    for (const Event& other : events_)
        if (other.job == event.job) last = other.sequence;
    event.sequence = last + 1;
    events_.push_back(event);
    return event;
}
std::vector<Event> MemoryStore::events(const JobId& id, std::uint64_t after, std::size_t limit) const {
    const std::lock_guard lock(mutex_);
    std::vector<Event> found;
    for (const Event& event : events_)
        if (event.job == id && event.sequence > after && found.size() < limit) found.push_back(event);
    return found;
}

std::chrono::system_clock::time_point RealClock::now() const { return std::chrono::system_clock::now(); }
std::chrono::steady_clock::time_point RealClock::monotonic() const { return std::chrono::steady_clock::now() + ahead.load(); }

std::vector<std::string> FakePorts::calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
}
void FakePorts::called(const std::string& call, RunControl& control) {
    {
        const std::lock_guard lock(mutex_);
        calls_.push_back(call);
    }
    on_call(call, control);
}
namespace {

std::string way(const DataJob& job) { return job.reverse ? "back: " : ""; }

}  // namespace

std::vector<TablePlan> FakePorts::plan_tables(const JobSpec&, RunControl& control) {
    called("plan", control);
    TablePlan plan;
    plan.source = plan.target = {"shop", "orders"};
    plan.columns.resize(2);
    plan.columns[0].name = "id";
    plan.columns[0].data_type = "int";
    plan.columns[1].name = "doc";
    plan.columns[1].data_type = "json";
    return {plan};
}
Findings FakePorts::inspect(const JobSpec&, const std::vector<TablePlan>&, RunControl& control) {
    called("inspect", control);
    return preflight_findings;
}
SchemaReport FakePorts::generate(const SchemaJob&, RunControl& control) {
    called("generate", control);
    return {};
}
void FakePorts::apply(const SchemaJob&, SchemaPart part, RunControl& control) {
    called(part == SchemaPart::pre_data ? "apply pre" : "apply post", control);
}
void FakePorts::apply_ahead(const SchemaJob&, RunControl& control) { called("apply ahead", control); }
void FakePorts::apply_at_cutover(const SchemaJob&, RunControl& control) { called("apply at cutover", control); }
void FakePorts::withdraw_at_cutover(const SchemaJob&, RunControl& control) { called("withdraw at cutover", control); }
SchemaReport FakePorts::compare(const SchemaJob&, SchemaPart part, RunControl& control) {
    called(part == SchemaPart::pre_data ? "compare pre" : "compare post", control);
    return {};
}
std::vector<DeferredIndexes> FakePorts::deferred_indexes(const SchemaJob&) { return {}; }
void FakePorts::forget(const SchemaJob&, RunControl& control) { called("forget schema", control); }
void FakePorts::drop_created(const SchemaJob&, RunControl& control) { called("drop created", control); }
void FakePorts::configure(const DataJob& job, RunControl& control) { called(way(job) + "configure", control); }
TransferResult FakePorts::transfer(const DataJob&, RunControl& control) {
    called("transfer", control);
    TransferResult result;
    result.rows_copied = 7;
    result.view = std::make_shared<FakeView>();
    return result;
}
void FakePorts::forget(const DataJob& job, RunControl& control) { called(way(job) + "forget data", control); }
FollowStatus FakePorts::follow(const DataJob& job, RunControl& control) {
    called(way(job) + "follow", control);
    return {true, "near"};
}
CommonView FakePorts::common_view(const DataJob&, const CommonViewWish& wish, RunControl& control) {
    called(wish.mend ? "view held" : wish.only.empty() ? "view of both" : "view of some", control);
    return {std::make_shared<FakeView>(), wish.mend ? nullptr : std::make_shared<FakeView>(), nullptr};
}
std::optional<std::vector<TableName>> FakePorts::check_changes(const DataJob& job, RunControl& control) {
    called(way(job) + "check changes", control);
    return changed_and_different;
}
std::string FakePorts::drain(const DataJob& job, std::chrono::milliseconds, RunControl& control) {
    if (job.spec.cutover.mode == CutoverMode::none) return {};
    called(way(job) + "native drain", control);
    return "applied up to " + log_position;
}
void FakePorts::halt(const DataJob& job, RunControl& control) { called(way(job) + "native halt", control); }
void FakePorts::commit(const DataJob& job, RunControl& control) { called(way(job) + "native commit", control); }
ValidationOutcome FakePorts::validate(const ValidationRequest& request, RunControl& control) {
    called("validate at " + (request.view ? request.view->position() : std::string("now")), control);
    last_repair = request.spec.repair;
    ValidationOutcome outcome;
    outcome.tables.resize(1);
    outcome.tables[0].name = "shop.orders";
    outcome.summary.level = "checksum";
    if (request.target_view && looks_in_vain > 0) {
        --looks_in_vain;
        outcome.unseen.push_back({{"shop", "orders"}, "made anew"});
        return outcome;
    }
    if (differing) outcome.summary.details = differing();
    outcome.summary.mismatches = differing ? outcome.summary.details.size() : mismatches.load();
    outcome.tables[0].mismatches = outcome.summary.mismatches;
    return outcome;
}

Findings FakePorts::choose(const JobSpec&, std::vector<TablePlan>& tables, RunControl&) {
    for (TablePlan& plan : tables) plan.engine = engine;
    return {};
}
void FakePorts::look(const JobSpec&, CutoverReport& record, RunControl& control) {
    called("look", control);
    record.method = "super_read_only";
}
void FakePorts::stop(const JobSpec& spec, CutoverReport& record, RunControl& control) {
    const bool other = spec.source.host == "target";
    called(other ? "stop the target's writes" : "stop writes", control);
    (other ? target_stopped : writes_stopped) = true;
    record.position = log_position;
}
std::string FakePorts::position(const JobSpec&) { return log_position; }
bool FakePorts::holds(const JobSpec& spec, const CutoverReport&) {
    return spec.source.host == "target" ? target_stopped : writes_stopped;
}
std::string FakePorts::programs(const JobSpec&, RunControl& control) {
    called("look for programs", control);
    return source_programs;
}
void FakePorts::end_stream(const JobSpec&, const CutoverReport& record, RunControl& control) {
    called("end stream", control);
    if (record.programs == set_aside) set_aside.clear();
}
void FakePorts::admit_stream(const JobSpec&, const CutoverReport& record, RunControl& control) {
    set_aside = record.programs;
    called("admit stream", control);
}
void FakePorts::tell(const JobSpec&, const HandOverFacts& facts, RunControl& control) {
    called(facts.kind == HandOverKind::cutover ? "tell cutover" : "tell cut back", control);
}
void FakePorts::release(const JobSpec& spec, const CutoverReport& record, RunControl& control) {
    if (record.programs == set_aside) set_aside.clear();
    const bool other = spec.source.host == "target";
    called(other ? "release the target's writes" : "release writes", control);
    (other ? target_stopped : writes_stopped) = false;
}

void FakeFollower::configure(const DataJob&, RunControl& control) { ports_.called("follower configure", control); }
TransferResult FakeFollower::transfer(const DataJob&, RunControl& control) {
    ports_.called("follower transfer", control);
    return {};
}
FollowStatus FakeFollower::follow(const DataJob&, RunControl&) { return {true, "near"}; }
std::string FakeFollower::drain(const DataJob&, std::chrono::milliseconds, RunControl& control) {
    ports_.called("drain", control);
    return "drained at " + ports_.log_position;
}
void FakeFollower::halt(const DataJob&, RunControl& control) { ports_.called("halt", control); }
std::vector<TableName> FakeFollower::check(const DataJob&, RunControl& control) {
    ports_.called("check", control);
    return std::exchange(different, {});
}
void FakeFollower::redo(const DataJob&, const std::vector<TableName>&, std::chrono::milliseconds, RunControl& control) {
    ports_.called("redo", control);
}
void FakeFollower::give_up(const DataJob&, const TableName&, RunControl& control) { ports_.called("give up", control); }
void FakeFollower::commit(const DataJob&, RunControl& control) { ports_.called("commit", control); }
void FakeFollower::abandon(const DataJob&, RunControl& control) { ports_.called("abandon", control); }
void FakeFollower::forget(const DataJob&, RunControl& control) { ports_.called("follower forget", control); }

}  // namespace transload::test

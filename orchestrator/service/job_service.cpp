#include "orchestrator/service/job_service.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "orchestrator/job/same_target.hpp"
#include "orchestrator/plan/error.hpp"
#include "orchestrator/service/job_ids.hpp"
#include "orchestrator/service/limit_change.hpp"
#include "orchestrator/service/manual_cutover.hpp"
#include "orchestrator/service/rehearsal.hpp"
#include "orchestrator/service/same_tables.hpp"
#include "orchestrator/service/supported.hpp"
#include "orchestrator/steps/step_parts.hpp"

namespace transload {
namespace {

constexpr unsigned planner_threads = 2;  // planning only reads, and is short

bool share_a_target(const JobSpec& one, const JobSpec& other) {
    if (!same_target(one, other)) return false;
    for (const DatabaseMapping& a : one.databases)
        for (const DatabaseMapping& b : other.databases)
            if (a.target == b.target) return true;
    return false;
}

/// What stands on the target is what the users work with now; without a reverse stream to remove it is not to go back.
void require_way_back(const Job& job) {
    if (!has_handed_over(job.report.cutover) || job.spec.cutover.reverse) return;
    throw Error(ErrorKind::refused, "job.not_allowed", job.id.str(),
                "the target has taken over: what was written to it since would be lost",
                "keep the target, and retry the job to finish it; a job with cutover.reverse has a way back");
}

/// A job that has moved the writers can't be given up: one side would be left without its way on, or back.
void require_may_be_given_up(const Job& job) {
    if (has_handed_over(job.report.cutover) && !has_handed_over(job.report.cut_back))
        throw Error(ErrorKind::refused, "job.not_allowed", job.id.str(),
                    "the target has taken over: the job can't be given up any more",
                    "let it come to its end; retry or resume it where it stands");
}

/// Whoever gives a job up while nobody works on it would leave the source without writers for good.
void require_no_write_stop(const Job& job) {
    if (job.report.cutover.state == WriteStopState::none || has_handed_over(job.report.cutover)) return;
    throw Error(ErrorKind::refused, "job.not_allowed", job.id.str(), "the write stop on the source could not be taken back yet",
                "retry the job, which takes it back first, or roll it back");
}

/// Once the source has taken over again there is no target left to stay with.
void require_no_cut_back(const Job& job) {
    if (!has_handed_over(job.report.cut_back)) return;
    throw Error(ErrorKind::refused, "job.not_allowed", job.id.str(), "the source has taken over again",
                "retry the job, so that the cut back comes to its end");
}

/// Planned, and nothing of it done yet. One that was resumed stands in its old state.
bool new_in_queue(const Job& job) {
    return job.state == JobState::pending || (job.state == JobState::ready && job.spec.start);
}

}  // namespace

JobService::JobService(StepPorts ports, JobStore& store, const Clock& clock, std::vector<EventSink*> sinks,
                       const ServiceOptions& options)
    : ports_(ports),
      store_(store),
      journal_(store, clock, std::move(sinks)),
      runner_(ports_, journal_, options.log_dir),
      planners_(planner_threads),
      runners_(std::max(1U, options.concurrent)),
      requests_(store, [this] { return active_jobs(); },
                [this](const JobId& id, const JobRequests& asked) { return obey(id, asked); }) {}

JobService::~JobService() { request_shutdown(); }

Job JobService::submit(JobSpec spec, bool start) {
    require_supported(spec);
    Job job;
    job.spec = std::move(spec);
    job.spec.start = start;
    job.created = job.updated = journal_.clock().now();
    job.id = new_job_id(job.created);
    const std::lock_guard lock(mutex_);
    store_.create(job);
    journal_.transition(job, Trigger::created);
    enqueue(job);
    return job;
}

Job JobService::load(const JobId& id) const {
    std::optional<Job> job = id.valid() ? store_.load(id) : std::nullopt;
    if (!job)
        throw Error(ErrorKind::usage, "job.unknown", id.str(), "there is no job " + id.str(),
                    "list the jobs with 'transload job list' or GET /jobs");
    return std::move(*job);
}

Job JobService::load_settled(const JobId& id, std::unique_lock<std::mutex>& lock) {
    constexpr std::chrono::seconds patience{30};  // sessions of servers that don't answer are being closed
    Job job = load(id);
    const auto settled = [&] {
        const auto found = active_.find(id);
        if (found == active_.end() || !found->second.begun) return true;
        return is_active((job = load(id)).state);
    };
    if (!idle_.wait_for(lock, patience, settled))
        throw Error(ErrorKind::refused, "job.not_allowed", id.str(), "the job is still closing what it had open",
                    "try again in a moment");
    return load(id);
}

Job JobService::get(const JobId& id) const { return load(id); }

std::vector<Job> JobService::list() const { return store_.list(); }

std::vector<Event> JobService::events(const JobId& id, std::uint64_t after, std::size_t limit) const {
    return store_.events(id, after, limit);
}

std::vector<TableProgress> JobService::progress(const JobId& id) const {
    const std::lock_guard lock(mutex_);
    if (const auto found = active_.find(id); found != active_.end()) return found->second.run->progress();
    if (const auto found = last_progress_.find(id); found != last_progress_.end()) return found->second;
    return {};
}

Job JobService::command(const JobId& id, Trigger trigger) {
    std::unique_lock lock(mutex_);
    if (trigger == Trigger::cutover) return request_cutover(id);
    Job job = load_settled(id, lock);
    if (trigger == Trigger::cancel) require_may_be_given_up(job);
    const auto found = active_.find(id);
    if (found != active_.end() && found->second.begun) {
        const Transition* row = find_transition(job.state, trigger);
        if (!row || row->kind != TransitionKind::command)
            throw Error(ErrorKind::refused, "job.not_allowed", id.str(),
                        "a job in state " + std::string(to_string(job.state)) + " can't take the command " +
                            std::string(to_string(trigger)),
                        "wait for it, or cancel it");
        found->second.run->request_stop(trigger);
        return job;
    }
    if (const Transition* row = find_transition(job.state, trigger); row && row->to == JobState::rolling_back) {
        require_way_back(job);
        require_not_superseded(job);
    }
    if (trigger == Trigger::finish) require_no_cut_back(job);
    if (trigger == Trigger::cancel) require_no_write_stop(job);
    if (const Transition* row = find_transition(job.state, trigger); row && is_active(row->to) && found == active_.end())
        require_tables_free(job);
    journal_.transition(job, trigger);
    // One that waited in the queue for a runner: the runner will find it inactive and let it go.
    if (is_active(job.state) && found == active_.end()) enqueue(job);
    return job;
}

Job JobService::retry_with_repair(const JobId& id) {
    std::unique_lock lock(mutex_);
    Job job = load_settled(id, lock);
    job.spec.repair = true;
    if (find_transition(job.state, Trigger::retry)) require_tables_free(job);
    journal_.transition(job, Trigger::retry);
    enqueue(job);
    return job;
}

StreamProgress JobService::stream(const JobId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = active_.find(id);
    return found == active_.end() ? StreamProgress{} : found->second.run->stream();
}

Job JobService::set_limits(const JobId& id, const Limits& limits) {
    const std::lock_guard lock(mutex_);
    const auto found = active_.find(id);
    const std::shared_ptr<ActiveRun> run = found == active_.end() ? nullptr : found->second.run;
    const auto storing = run ? run->storing() : std::unique_lock<std::mutex>();
    Job job = load(id);  // under the lock: what the runner stored last
    const bool changed = change_limits(job.spec.limits, limits);
    if (changed && is_terminal(job.state))
        throw Error(ErrorKind::refused, "job.not_allowed", id.str(),
                    "a job in state " + std::string(to_string(job.state)) + " has no use for limits", "start another job");
    if (changed)
        journal_.record(job, Severity::info, step_of(job.state), "", "limits are now " + limits_text(job.spec.limits));
    if (run) run->set_limits(job.spec.limits);
    return job;
}

Findings JobService::rehearse_cutover(const JobId& id) {
    return transload::rehearse_cutover(load(id), stream(id), ports_.write_gate);
}

std::vector<JobId> JobService::active_jobs() const {
    const std::lock_guard lock(mutex_);
    std::vector<JobId> ids;
    for (const auto& [id, entry] : active_) ids.push_back(id);
    return ids;
}

template <class Act>
bool JobService::attempt(const JobId& id, std::string_view asked, Act act) {
    try {
        act();
        return true;
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::refused) throw;
        journal_.event(load(id), Severity::warning, "", "",
                       "asked for by another process and refused: " + std::string(asked) + ": " + error.message());
        return false;
    }
}

JobRequests JobService::obey(const JobId& id, const JobRequests& requests) {
    JobRequests answered;
    if (requests.limits) {
        (void)attempt(id, "limits", [&] { (void)set_limits(id, *requests.limits); });
        answered.limits = requests.limits;
    }
    // Whoever runs the job obeys a command at the next safe point: should the process die before, the next one finds the
    // command still waiting. The new state ends that.
    if (requests.command && !attempt(id, to_string(*requests.command), [&] { (void)command(id, *requests.command); }))
        answered.command = requests.command;
    return answered;
}

Job JobService::request_cutover(const JobId& id) {
    const auto found = active_.find(id);
    const std::shared_ptr<ActiveRun> run = found == active_.end() ? nullptr : found->second.run;
    const auto storing = run ? run->storing() : std::unique_lock<std::mutex>();
    Job job = load(id);  // under the lock: what the runner stored last
    require_manual_cutover(job);
    if (!job.report.cutover.requested) {
        job.report.cutover.requested = true;
        journal_.record(job, Severity::info, step_of(job.state), "", "cutover requested");
    }
    if (run)
        run->set_cutover_requested(true);
    else
        enqueue(job);  // an orchestrator left it behind: it goes on now, and obeys
    return job;
}

void JobService::require_not_superseded(const Job& job) const {
    for (const Job& other : store_.list())
        if (other.state == JobState::done && other.updated > job.updated && share_a_target(other.spec, job.spec))
            throw Error(ErrorKind::refused, "job.not_allowed", job.id.str(),
                        "job " + other.id.str() + " was finished later in the same database: what this job created is part "
                        "of its result now",
                        "drop by hand what is really left over");
}

void JobService::require_tables_free(const Job& job) const {
    for (const auto& [id, entry] : active_) {
        if (entry.planning || id == job.id) continue;
        const std::optional<Job> other = store_.load(id);
        const std::optional<std::string> table = other ? same_table(job, *other) : std::nullopt;
        if (!table) continue;
        throw Error(ErrorKind::refused, "job.tables_taken", *table,
                    "job " + id.str() + " is filling " + *table + " on the same target",
                    "wait until it has ended, or cancel it; or choose another database");
    }
}

std::vector<JobId> JobService::recover() {
    std::vector<Job> jobs = store_.list();
    std::reverse(jobs.begin(), jobs.end());
    // Those that fill tables already, then those that want to, the oldest first.
    std::stable_partition(jobs.begin(), jobs.end(), [](const Job& job) { return is_active(job.state) && !new_in_queue(job); });
    std::vector<JobId> recovered;
    for (const Job& job : jobs)
        if (recover(job.id)) recovered.push_back(job.id);
    return recovered;
}

bool JobService::recover(const JobId& id) {
    const std::lock_guard lock(mutex_);
    Job job = load(id);
    if (job.state == JobState::draft) journal_.transition(job, Trigger::created);
    if (active_.contains(id)) return false;
    if (job.state == JobState::ready && job.spec.start) journal_.transition(job, Trigger::start);
    if (!is_active(job.state)) return false;
    journal_.event(job, Severity::info, step_of(job.state), "", "resumed after a restart of the orchestrator");
    // Of the others it was found out before that nobody else fills their tables.
    if (new_in_queue(job))
        begin(job);
    else
        enqueue(job);
    return true;
}

void JobService::amend(const JobId& id, JobSpec spec) {
    const std::lock_guard lock(mutex_);
    if (active_.contains(id))
        throw Error(ErrorKind::refused, "job.not_allowed", id.str(), "a running job can't be changed", "pause it first");
    Job job = load(id);
    job.spec = std::move(spec);
    journal_.amended(job);
}

Job JobService::wait(const JobId& id) {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [&] { return !active_.contains(id); });
    return load(id);
}

void JobService::request_shutdown() {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    for (auto& [id, entry] : active_) entry.run->request_stop(std::nullopt);
}

void JobService::enqueue(const Job& job) {
    if (closing_) return;
    auto run = std::make_shared<ActiveRun>(job.id);
    active_[job.id] = Entry{run};
    last_progress_.erase(job.id);
    const bool planning = job.state == JobState::planning;
    active_[job.id].planning = planning;
    (planning ? planners_ : runners_).post([this, run, planning] { execute(run, planning); });
}

void JobService::begin(Job& job) {
    try {
        require_tables_free(job);
        enqueue(job);
    } catch (const Error& error) {
        journal_.transition(job, Trigger::failed, failure_from(error));
    }
}

void JobService::execute(const std::shared_ptr<ActiveRun>& run, bool planning_only) {
    Job job;
    job.id = run->id();
    try {
        const std::lock_guard lock(mutex_);
        if (const auto found = active_.find(run->id()); found != active_.end() && found->second.run == run)
            found->second.begun = true;
        job = load(run->id());
    } catch (const std::exception& error) {
        journal_.unstored(job, std::string("the job stands still because it can't be read: ") + error.what());
    }
    runner_.run(job, *run, planning_only);  // a job that could not be read is a draft: nothing runs
    const std::lock_guard lock(mutex_);
    last_progress_[run->id()] = run->progress();
    if (const auto found = active_.find(run->id()); found != active_.end() && found->second.run == run) active_.erase(found);
    // A command ended the run and left the job in a state in which it goes on (finish, rollback of a reverse stream).
    const bool commanded = run->requested() && is_active(job.state);
    if (commanded) enqueue(job);
    if (!commanded && planning_only && job.state == JobState::pending) try {
            begin(job);
        } catch (const std::exception& error) {
            journal_.unstored(job, std::string("the job stands still because its state can't be stored: ") + error.what());
        }
    idle_.notify_all();
}

}  // namespace transload

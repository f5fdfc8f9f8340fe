#include "tests/integration/http/fake_jobs.hpp"

#include <algorithm>

#include "adapters/config/job_document.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::test {

Job FakeJobs::submit(JobSpec spec, bool start) {
    const std::lock_guard lock(mutex_);
    Job job;
    job.id = JobId{"job-" + std::to_string(jobs_.size() + 1)};
    job.spec = std::move(spec);
    job.state = start ? JobState::planning : JobState::draft;
    job.created = job.updated = std::chrono::system_clock::now();
    jobs_[job.id] = job;
    return job;
}

const Job& FakeJobs::find(const JobId& id) const {
    const auto found = jobs_.find(id);
    if (found == jobs_.end())
        throw Error(ErrorKind::usage, "job.unknown", id.str(), "there is no job " + id.str(), "");
    return found->second;
}

Job FakeJobs::get(const JobId& id) const {
    const std::lock_guard lock(mutex_);
    return find(id);
}

std::vector<Job> FakeJobs::list() const {
    const std::lock_guard lock(mutex_);
    std::vector<Job> jobs;
    for (const auto& [id, job] : jobs_) jobs.push_back(job);
    return jobs;
}

std::vector<Event> FakeJobs::events(const JobId& id, std::uint64_t after, std::size_t limit) const {
    const std::lock_guard lock(mutex_);
    std::vector<Event> events;
    if (const auto happened = events_.find(id); happened != events_.end()) {
        for (std::size_t i = after; i < happened->second.size() && events.size() < limit; ++i)
            events.push_back(happened->second[i]);
        return events;
    }
    for (std::uint64_t i = after + 1; i <= 5 && events.size() < limit; ++i)
        events.push_back({i, id, WallTime{}, find(id).state, "data.run", "shop.t", Severity::info,
                          "event " + std::to_string(i)});
    return events;
}

std::vector<TableProgress> FakeJobs::progress(const JobId& id) const {
    const std::lock_guard lock(mutex_);
    (void)find(id);
    return {{"shop.t", "inventory", 50, 200, 4096, 3}};
}

Job FakeJobs::command(const JobId& id, Trigger trigger) {
    const std::lock_guard lock(mutex_);
    Job job = find(id);
    const Transition* transition = find_transition(job.state, trigger);
    if (transition == nullptr)
        throw Error(ErrorKind::refused, "job.not_allowed", id.str(), "not in that state", "wait");
    job.state = transition->to_previous ? job.resume_state : transition->to;
    jobs_[id] = job;
    return job;
}

Job FakeJobs::retry_with_repair(const JobId& id) {
    (void)command(id, Trigger::retry);
    const std::lock_guard lock(mutex_);
    jobs_[id].spec.repair = true;
    return jobs_[id];
}

void FakeJobs::happen(const JobId& id, JobState state, std::size_t count) {
    const std::lock_guard lock(mutex_);
    jobs_.at(id).state = state;
    for (std::vector<Event>& all = events_[id]; count > 0; --count)
        all.push_back({all.size() + 1, id, WallTime{}, state, "data.run", "shop.t", Severity::info,
                       "event " + std::to_string(all.size() + 1) + "\nof this job"});
}

void FakeJobs::follow(const StreamProgress& progress) {
    const std::lock_guard lock(mutex_);
    stream_ = progress;
}

StreamProgress FakeJobs::stream(const JobId&) const {
    const std::lock_guard lock(mutex_);
    return stream_;
}

Job FakeJobs::set_limits(const JobId& id, const Limits& limits) {
    const std::lock_guard lock(mutex_);
    (void)find(id);
    jobs_[id].spec.limits = limits;
    return jobs_[id];
}

Findings FakeJobs::rehearse_cutover(const JobId& id) {
    const std::lock_guard lock(mutex_);
    (void)find(id);
    return {{"rehearsal.lag", Severity::error, id.str(), "too far behind", "wait"}};
}

void FakeJobs::put(Job job) {
    const std::lock_guard lock(mutex_);
    jobs_[job.id] = std::move(job);
}

RunningServer::RunningServer(http::ServerOptions options) {
    options.port = 0;
    options.version = "9.8.7";
    server = std::make_unique<http::Server>(
        std::move(options), jobs,
        http::ServerHooks{[](std::string_view body) { return config::job_spec_from_request(body, {}); },
                          [this] { return store_healthy; },
                          [](std::string_view body, const Limits& now) {
                              return config::changed_limits_from_request(body, now);
                          }});
    thread_ = std::thread([this] { server->run(); });
}

RunningServer::~RunningServer() {
    server->stop();
    thread_.join();
}

}  // namespace transload::test

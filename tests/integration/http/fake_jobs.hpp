#pragma once
#include <catch2/catch.hpp>
#include <map>
#include <mutex>
#include <thread>

#include "adapters/http/server.hpp"
#include "orchestrator/service/job_commands.hpp"

namespace transload::test {

/// Jobs in memory that obey the transition table and do nothing.
class FakeJobs final : public JobCommands {
  public:
    Job submit(JobSpec spec, bool start) override;
    [[nodiscard]] Job get(const JobId& id) const override;
    [[nodiscard]] std::vector<Job> list() const override;
    [[nodiscard]] std::vector<Event> events(const JobId& id, std::uint64_t after,
                                            std::size_t limit) const override;
    [[nodiscard]] std::vector<TableProgress> progress(const JobId& id) const override;
    [[nodiscard]] StreamProgress stream(const JobId& id) const override;
    Job set_limits(const JobId& id, const Limits& limits) override;
    [[nodiscard]] Findings rehearse_cutover(const JobId& id) override;
    Job command(const JobId& id, Trigger trigger) override;
    Job retry_with_repair(const JobId& id) override;

    /// Puts a job there as it is.
    void put(Job job);
    /// Appends `count` events of a job in this state; without them a job has five.
    void happen(const JobId& id, JobState state, std::size_t count = 1);
    void follow(const StreamProgress& progress);

  private:
    [[nodiscard]] const Job& find(const JobId& id) const;

    mutable std::mutex mutex_;
    std::map<JobId, Job> jobs_;
    std::map<JobId, std::vector<Event>> events_;
    StreamProgress stream_;
};

/// The real server on a free loopback port, served by a thread, stopped in the end.
class RunningServer {
  public:
    explicit RunningServer(http::ServerOptions options = {});
    ~RunningServer();

    FakeJobs jobs;
    bool store_healthy = true;
    std::unique_ptr<http::Server> server;
    [[nodiscard]] int port() const { return server->port(); }

  private:
    std::thread thread_;
};

inline const std::string valid_job =
    R"({"source":"mysql://reader:hunter2@s.example/shop","target":"mysql://writer:hunter2@t.example"})";

}  // namespace transload::test

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
    Job command(const JobId& id, Trigger trigger) override;

    /// Puts a job there as it is.
    void put(Job job);

  private:
    [[nodiscard]] const Job& find(const JobId& id) const;

    mutable std::mutex mutex_;
    std::map<JobId, Job> jobs_;
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

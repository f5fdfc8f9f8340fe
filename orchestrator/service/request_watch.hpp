#pragma once
#include <functional>
#include <thread>
#include <vector>

#include "orchestrator/ports/job_store.hpp"

namespace transload {

/// Looks into the store for what other processes have left for the jobs of this one (JobStore::ask_command, ask_limits),
/// twice a second, in a thread of its own.
class RequestWatch {
  public:
    /// `store` must outlive the watch. `jobs` names those that are in the hands of this process; `obey` is called for each
    /// with something waiting. What it returns is forgotten; the rest waits on and is obeyed again at the next look, and so
    /// does all when it throws.
    RequestWatch(JobStore& store, std::function<std::vector<JobId>()> jobs,
                 std::function<JobRequests(const JobId&, const JobRequests&)> obey);

  private:
    void look();

    JobStore& store_;
    std::function<std::vector<JobId>()> jobs_;
    std::function<JobRequests(const JobId&, const JobRequests&)> obey_;
    std::jthread thread_;
};

}  // namespace transload

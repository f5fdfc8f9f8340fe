#include "orchestrator/service/request_watch.hpp"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>

namespace transload {

RequestWatch::RequestWatch(JobStore& store, std::function<std::vector<JobId>()> jobs,
                           std::function<JobRequests(const JobId&, const JobRequests&)> obey)
    : store_(store), jobs_(std::move(jobs)), obey_(std::move(obey)), thread_([this](const std::stop_token& stop) {
          std::mutex mutex;
          std::condition_variable_any wakeup;
          std::unique_lock lock(mutex);
          while (!stop.stop_requested()) {
              look();
              wakeup.wait_for(lock, stop, std::chrono::milliseconds{500}, [] { return false; });
          }
      }) {}

void RequestWatch::look() {
    for (const JobId& id : jobs_()) {
        try {
            const JobRequests asked = store_.requests(id);
            if (asked.empty()) continue;
            store_.answered(id, obey_(id, asked));
        } catch (const std::exception&) {
            // The store is busy or broken for the moment: what waits there waits on, and whoever runs the job says so.
        }
    }
}

}  // namespace transload

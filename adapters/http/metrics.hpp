#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "orchestrator/service/job_commands.hpp"

namespace transload::http {

/// What GET /metrics says, in Prometheus' text format. Thread-safe.
class Metrics {
  public:
    explicit Metrics(const std::string& version);
    ~Metrics();

    /// Counts an answered request. `route` is one of the server's own ("GET /job/{id}"), never the client's
    /// text.
    void count(std::string_view route, int status);

    /// The text now. Rates are over the time since the last call.
    [[nodiscard]] std::string text(const JobCommands& jobs);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace transload::http

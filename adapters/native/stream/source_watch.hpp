#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>

#include "adapters/mysql/binlog/position.hpp"
#include "orchestrator/plan/endpoint.hpp"

namespace transload::native {

/// Looks every two seconds at how much log a server has behind the place that is read. Best effort: without the privilege
/// it says 0. Ends with the object.
class SourceWatch {
  public:
    /// `read` is called from its thread.
    SourceWatch(const Endpoint& from, std::function<mysql::binlog::Position()> read);
    ~SourceWatch();

    [[nodiscard]] std::uint64_t unread_bytes() const { return unread_; }

  private:
    void run(const std::stop_token& ended);

    const Endpoint& from_;
    std::function<mysql::binlog::Position()> read_;
    std::atomic<std::uint64_t> unread_{0};
    std::jthread thread_;
};

}  // namespace transload::native

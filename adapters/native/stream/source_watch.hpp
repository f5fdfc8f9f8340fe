#pragma once
#include <atomic>
#include <cstdint>
#include <functional>

#include "adapters/mysql/binlog/position.hpp"
#include "adapters/native/flow/server_watch.hpp"

namespace transload::native {

/// Looks every two seconds at how much log a server has behind the place that is read. Best effort: without the privilege
/// it says 0. Ends with the object.
class SourceWatch {
  public:
    /// `from` must outlive it; `read` is called from its thread.
    SourceWatch(const Endpoint& from, std::function<mysql::binlog::Position()> read);

    [[nodiscard]] std::uint64_t unread_bytes() const { return unread_; }

  private:
    std::atomic<std::uint64_t> unread_{0};
    ServerWatch watch_;  // last: its thread uses the others
};

}  // namespace transload::native

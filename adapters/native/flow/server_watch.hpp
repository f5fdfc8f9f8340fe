#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "adapters/mysql/connection.hpp"

namespace transload::native {

/// Looks at a server again and again, in a thread and a session of its own, until the object ends. A server that does not
/// answer is looked at again; what it refuses for good ends the watch.
class ServerWatch {
  public:
    /// `server` must outlive it. `look` is called from the watch's thread, the first time at once; `refused` gets the
    /// server's message when the watch ends by itself.
    ServerWatch(const Endpoint& server, std::chrono::milliseconds every, std::function<void(mysql::Connection&)> look,
                std::function<void(const std::string&)> refused = {});

  private:
    void run(const std::stop_token& ended);

    const Endpoint& server_;
    std::chrono::milliseconds every_;
    std::function<void(mysql::Connection&)> look_;
    std::function<void(const std::string&)> refused_;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace transload::native

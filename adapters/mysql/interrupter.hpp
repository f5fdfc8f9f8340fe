#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/io_timeouts.hpp"
#include "orchestrator/plan/endpoint.hpp"

namespace transload::mysql {

/// Ends long statements when a stop is requested: registered sessions get KILL QUERY from a session of its
/// own, again and again until they are unregistered. Who is still waiting after `patience`, for a server that is frozen or takes
/// long to undo, has its connection cut: the session is lost then, and the server undoes the rest by itself. Thread-safe.
class Interrupter {
  public:
    explicit Interrupter(std::stop_token stop);
    ~Interrupter();

    /// Registers a session for as long as it lives.
    class Watch {
      public:
        Watch(Interrupter& owner, Connection& connection);
        ~Watch();
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;

      private:
        Interrupter& owner_;
        std::uint64_t ticket_;
    };

  private:
    struct Session {
        Endpoint endpoint;
        std::uint64_t thread_id;
        std::shared_ptr<const ConnectionHold> hold;
    };
    static constexpr std::chrono::seconds patience{15};
    void run(const std::stop_token& ended);

    std::stop_token stop_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<std::uint64_t, Session> sessions_;
    std::uint64_t next_ticket_ = 1;
    std::jthread thread_;  ///< last: it uses everything above
};

}  // namespace transload::mysql

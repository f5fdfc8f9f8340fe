#pragma once
#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <stop_token>
#include <thread>

#include "adapters/mysql/connection.hpp"

namespace transload::mysql::validation {

/// Ends statements that run on servers as soon as a stop is requested: a COUNT(*) of a billion rows must not
/// keep a user waiting. Thread-safe. KILL QUERY goes out again and again until all entries are gone, since a
/// lane may begin a statement right after the first.
class StatementStop {
  public:
    explicit StatementStop(std::stop_token stop);
    ~StatementStop();
    StatementStop(const StatementStop&) = delete;
    StatementStop& operator=(const StatementStop&) = delete;

    /// While it lives, `connection`'s session is one whose statements are to be ended.
    class Watch {
      public:
        Watch(StatementStop& owner, const Connection& connection);
        ~Watch();
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;

      private:
        StatementStop& owner_;
        std::list<std::pair<const Endpoint*, std::uint64_t>>::iterator entry_;
    };

  private:
    void run();

    std::stop_token stop_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool ending_ = false;
    std::list<std::pair<const Endpoint*, std::uint64_t>> sessions_;
    std::thread thread_;
};

}  // namespace transload::mysql::validation

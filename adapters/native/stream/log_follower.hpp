#pragma once
#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "adapters/mysql/binlog/change_reader.hpp"
#include "adapters/native/stream/piece_queue.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload::native {

/// The thread that reads a server's change log into a queue, and gets a new session when one is lost. Ends with the object.
class LogFollower {
  public:
    /// References must outlive it. Reads from where the queue's epoch begins. `on_failure` is called once, from the
    /// thread, with what ended it.
    LogFollower(const Endpoint& from, const std::vector<TablePlan>& tables, const RetryPolicy& retry, PieceQueue& queue,
                std::function<void(std::exception_ptr)> on_failure);
    ~LogFollower();

    [[nodiscard]] mysql::binlog::Position read() const;
    [[nodiscard]] bool at_end() const { return at_end_; }
    [[nodiscard]] std::uint64_t reconnects() const { return reconnects_; }
    [[nodiscard]] std::uint64_t log_bytes() const { return log_bytes_; }
    /// How long the server has not been heard of.
    [[nodiscard]] std::chrono::milliseconds silence() const;

  private:
    using Clock = std::chrono::steady_clock;
    void run(const std::stop_token& stop);
    void follow(const PieceQueue::Epoch& epoch, unsigned& fruitless, const std::stop_token& stop);
    void heard(const mysql::binlog::ChangeReader& reader);

    const Endpoint& from_;
    const std::vector<TablePlan>& tables_;
    const RetryPolicy& retry_;
    PieceQueue& queue_;
    std::function<void(std::exception_ptr)> on_failure_;
    std::atomic<bool> at_end_{false};
    std::atomic<std::uint64_t> reconnects_{0};
    std::atomic<std::uint64_t> log_bytes_{0};
    std::atomic<Clock::rep> last_heard_;
    mutable std::mutex mutex_;
    mysql::binlog::Position read_;
    mysql::binlog::Position resume_;   ///< of the thread: behind what the queue got whole
    std::uint64_t resume_epoch_ = 0;
    bool half_ = false;  ///< of the thread: the queue got the beginning of a transaction
    std::jthread thread_;
};

}  // namespace transload::native

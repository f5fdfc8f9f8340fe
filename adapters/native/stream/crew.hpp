#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "adapters/native/flow/interrupter.hpp"
#include "adapters/native/stream/ledger.hpp"
#include "adapters/native/stream/part_writer.hpp"
#include "adapters/native/stream/signal.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload::native {

/// Where and how a stream writes.
struct WriteTarget {
    const Endpoint& to;
    bool log_bin = true;
    const RetryPolicy& retry;
    const Ledger& ledger;
    const WriteContext& context;
    std::string group;  ///< of the sessions, see mysql::SessionSeat
};

/// A group on its way to the target; nothing of it changes until it is done.
struct GroupWork {
    std::unique_ptr<NetChanges> changes;
    std::vector<Part> parts;
    std::set<unsigned> done;  ///< parts that an earlier run has applied
    mysql::binlog::Position before, end;
    /// One part: taken in the part's own transaction. Several: taken before they begin, and each leaves a mark.
    Ledger::Step step;
};

/// Threads that apply the parts of one group at a time, each on a session of its own.
class Crew {
  public:
    /// References must outlive it. `signal` is told when a part is done. A stop ends statements under way.
    Crew(unsigned size, const WriteTarget& target, Signal& signal, std::stop_token stop);
    ~Crew();

    /// Requires idle(). `work` must stay until it is idle again.
    void start(const GroupWork& work);
    [[nodiscard]] bool idle() const;
    /// Throws what ended a part, once idle: Error{failed} for conflicts; transient errors after `retry.attempts`.
    void rethrow() const;
    [[nodiscard]] std::uint64_t lost_sessions() const;

  private:
    class Member;
    void run(const std::stop_token& ended);
    void count_lost();

    const WriteTarget& target_;
    Signal& signal_;
    std::stop_token stop_;
    Interrupter interrupter_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    const GroupWork* work_ = nullptr;
    std::deque<unsigned> waiting_;
    unsigned running_ = 0;
    std::uint64_t lost_ = 0;
    std::exception_ptr error_;
    std::mutex one_at_a_time_;  ///< who lost a deadlock goes on alone among those who did
    std::vector<std::jthread> threads_;
};

/// Another program, or a session that was believed dead, has moved the checkpoint. Transient.
[[nodiscard]] Error stream_taken(const Endpoint& to);

/// Waits before another attempt after `error`, or throws it: it can't be repeated, or was often enough.
void wait_or_rethrow(const Error& error, const RetryPolicy& retry, unsigned tried, const std::stop_token& stop);

}  // namespace transload::native

#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "adapters/mysql/interrupter.hpp"
#include "adapters/native/flow/throttle.hpp"
#include "adapters/native/stream/change_stream.hpp"
#include "adapters/native/stream/crew.hpp"
#include "adapters/native/stream/piece_queue.hpp"
#include "adapters/native/stream/rate_meter.hpp"
#include "adapters/native/stream/touched_keys.hpp"
#include "adapters/native/stream/window_filter.hpp"

namespace transload::native {

/// The thread that takes changes from the queue, makes groups of them and has them applied: whatever came while the last
/// group was on its way is the next. It alone touches the checkpoint. docs/change-stream.md has the algorithm.
class Applier {
  public:
    /// References must outlive it. Loads the checkpoint and restarts the queue there; throws Error. start() begins.
    Applier(const StreamSetup& setup, RunControl& control, Throttle& throttle, PieceQueue& queue, Signal& signal);
    ~Applier();

    void start();
    /// Ends it with this error, unless another did before.
    void fail(std::exception_ptr error);
    /// The reader of the log is done for: `error` ends the stream when all that it has delivered is applied.
    void fail_at_end(std::exception_ptr error);
    void check() const;

    struct Status {
        mysql::binlog::Position applied;
        std::uint64_t row_changes = 0;
        std::uint64_t transactions = 0;
        std::uint64_t groups = 0;
        std::uint64_t conflicts = 0;
        std::uint64_t lost_sessions = 0;
        std::uint64_t log_bytes_under_way = 0;
        double rows_per_second = 0;
        double log_bytes_per_second = 0;
        std::int64_t oldest_us = 0;  ///< commit of the first change that is taken and not applied; 0: none
        bool busy = false;
        bool held = false;
        bool failed = false;
    };
    [[nodiscard]] Status status() const;

    /// As in ChangeStream.
    void drain_to(const mysql::binlog::Position& position, std::chrono::milliseconds limit);
    void hold();
    std::optional<mysql::binlog::Position> held(std::chrono::milliseconds limit);
    void advance_to(const mysql::binlog::Position& position, std::chrono::milliseconds limit);
    void release();
    [[nodiscard]] TouchedKeys& touched() { return touched_; }

  private:
    using Clock = std::chrono::steady_clock;
    /// Whole transactions that are folded and not yet under way.
    struct OpenGroup {
        std::unique_ptr<NetChanges> changes;
        mysql::binlog::Position end;
        std::uint64_t transactions = 0;
        std::uint64_t log_bytes = 0;
        std::int64_t oldest_us = 0;
    };
    void run(const std::stop_token& ended);
    bool take();
    [[nodiscard]] bool may_take(const PieceQueue::Head& head) const;
    void fold(mysql::binlog::Piece&& piece, NetChanges& into);
    bool dispatch();
    void finish_group();
    bool settle();
    bool answer_commands();
    [[nodiscard]] bool group_is_complete() const;

    void apply_big();
    void apply_pieces();
    void commit_big(mysql::Connection& connection, const LogItem& last, std::uint64_t changes);
    void rewind();
    [[nodiscard]] LogItem wait_for_item();
    void apply_statement(LogItem&& item);
    void truncate(const LogItem& item);
    void run_definition(const LogItem& item);

    [[nodiscard]] mysql::Connection& session();
    void with_session(const std::function<void(mysql::Connection&)>& act);
    void take_step(const Ledger::Step& step);
    void refresh_shapes(mysql::Connection& connection);
    void new_group();
    void set_applied(const mysql::binlog::Position& position);
    [[nodiscard]] Ledger::Step next_step(const mysql::binlog::Position& applied) const;
    void wait_until(const std::function<bool()>& done, std::chrono::milliseconds limit,
                    const mysql::binlog::Position& position);

    const StreamSetup& setup_;
    RunControl& control_;
    Throttle& throttle_;
    PieceQueue& queue_;
    Signal& signal_;
    std::stop_source stop_;
    std::stop_callback<std::function<void()>> on_request_;
    Ledger ledger_;
    std::unique_ptr<WriteContext> context_;
    std::unique_ptr<WriteTarget> target_;
    std::unique_ptr<WindowFilter> filter_;
    TouchedKeys touched_;

    mysql::Interrupter interrupter_;  ///< of the applying thread's statements

    // Of the applying thread.
    std::unique_ptr<mysql::Connection> session_;
    std::uint64_t group_ = 0;  ///< number in the checkpoint
    std::string stored_shapes_;
    std::string begun_statement_;
    mysql::binlog::Position consumed_;  ///< behind the last item that was taken
    std::optional<mysql::binlog::Position> pending_end_;  ///< of a group that an earlier run began
    unsigned pending_parts_ = 0;
    OpenGroup open_;
    std::optional<GroupWork> work_;
    std::exception_ptr at_end_;  ///< guarded by mutex_; see fail_at_end
    void rethrow_at_end();
    std::uint64_t work_transactions_ = 0, work_log_bytes_ = 0;
    bool unsettled_ = false;         ///< the checkpoint stands before the last group, which has marks
    Clock::time_point stored_at_ = Clock::now();
    mysql::binlog::Position stored_;
    unsigned big_attempts_ = 0;
    bool big_careful_ = false;
    bool big_is_beyond_ = false;  ///< the transaction in pieces that comes next ends behind where we are to stop

    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    mysql::binlog::Position applied_;
    Status counts_;
    mutable RateMeter rows_meter_, bytes_meter_;
    std::int64_t open_oldest_us_ = 0, work_oldest_us_ = 0;
    bool hold_wanted_ = false;
    bool held_ = false;
    bool refresh_wanted_ = false;
    std::optional<mysql::binlog::Position> advance_;
    std::exception_ptr error_;

    std::unique_ptr<Crew> crew_;
    std::jthread thread_;
};

}  // namespace transload::native

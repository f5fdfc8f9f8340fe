#pragma once
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/mysql/binlog/position.hpp"
#include "adapters/mysql/key_range.hpp"
#include "adapters/native/stream/window.hpp"
#include "orchestrator/job/job_id.hpp"
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/plan/table_plan.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload::native {

/// What a stream carries and where. Copied into the stream.
struct StreamSetup {
    JobId id;
    StreamDirection direction = StreamDirection::forward;
    Endpoint from;                  ///< whose log is read
    Endpoint to;                    ///< where rows are written; `_transload` there holds the stream's checkpoint
    std::vector<TablePlan> tables;  ///< `source` is on `from`, `target` on `to`
    Limits limits;
    RetryPolicy retry;
    DdlPolicy ddl = DdlPolicy::stop;
    bool to_log_bin = true;         ///< false: SET sql_log_bin = 0 for the writing sessions
    /// What the copied rows already contain; empty once the stream has passed it (see Window).
    Window window;
};

/// How a stream is doing. All counters are of this run unless said otherwise.
struct StreamStatus {
    mysql::binlog::Position applied;  ///< everything up to here is durable on `to`
    mysql::binlog::Position read;     ///< everything up to here is decoded
    bool at_end = false;              ///< nothing was waiting when last looked
    std::chrono::milliseconds lag{0}; ///< age of the oldest commit on the source that is not yet on the target; 0 = none
    double rows_per_second = 0;       ///< row changes applied, over the last few seconds
    double log_bytes_per_second = 0;
    std::uint64_t backlog_bytes = 0;  ///< of the source's log not yet applied; an estimate where files are unknown
    std::uint64_t queued_bytes = 0;   ///< decoded and waiting
    std::uint64_t row_changes = 0;    ///< over all runs of the job
    std::uint64_t transactions = 0;   ///< over all runs of the job
    std::uint64_t groups = 0;
    std::uint64_t conflicts = 0;      ///< rows that were not as the log says, see error
    std::uint64_t reconnects = 0;
    bool held = false;
    bool failed = false;
};

/// Follows one server's change log and applies it exactly to another, in threads of its own. Thread-safe.
///
/// A change is applied if and only if the copied row does not already contain it; an UPDATE or DELETE that finds no row
/// and an INSERT that finds one is Error{failed, "native.apply_conflict"} with table and key, never passed over. Groups of
/// source transactions become transactions of the target; folded to net effects, split by write sets over
/// `limits.workers`. docs/change-stream.md has the algorithm.
class ChangeStream {
  public:
    /// Starts at the checkpoint that StreamStore has for (id, direction). Throws Error.
    ChangeStream(StreamSetup setup, RunControl& control);
    /// Stops at the next safe point. What is not durable is read again by the next stream.
    ~ChangeStream();
    ChangeStream(const ChangeStream&) = delete;
    ChangeStream& operator=(const ChangeStream&) = delete;

    [[nodiscard]] StreamStatus status() const;

    /// Rethrows what ended the stream, if anything did. Lost connections end it only after `retry.attempts` fruitless
    /// ones with growing pauses.
    void check() const;

    /// Returns when everything up to `position` is durable on the target. Throws what ended the stream,
    /// Error{transient, "native.drain_timeout"} at `limit` (0 = none), Error{cancelled} on a stop of the control.
    void drain_to(const mysql::binlog::Position& position, std::chrono::milliseconds limit);

    /// Asks to stop applying behind some whole transaction, with no group half done, which may be a big one; reading goes
    /// on while memory lasts. Held streams are nested not: a second hold is a logic error.
    void hold();
    /// Where it stands since it was asked to; nullopt when it does not within `limit`. Throws what ended the stream.
    [[nodiscard]] std::optional<mysql::binlog::Position> held(std::chrono::milliseconds limit);
    /// While held: applies exactly up to `position` (behind a whole transaction, not before the present one), and holds
    /// again. Throws as drain_to.
    void advance_to(const mysql::binlog::Position& position, std::chrono::milliseconds limit);
    void release();

    /// From now on (or, called before, still) the keys of changed rows are remembered, at most `most` of them: the most
    /// recent ones.
    void remember_keys(std::size_t most);
    struct Touched {
        bool known = true;          ///< false: a definition was changed, and anything with it
        std::vector<bool> whole;    ///< per table: rows that have no key were changed, or it was emptied
        std::vector<std::vector<mysql::KeyValue>> keys;  ///< per table; as key_select_list reads them, duplicates removed
        std::uint64_t dropped = 0;  ///< changed rows that are in neither, about: older ones, and parents of cascades
    };
    /// What was touched up to `status().applied`, and forgets it: the next call gives what came after. Call it held or
    /// drained, else the cut falls anywhere.
    [[nodiscard]] Touched take_keys();

    /// Takes effect within a second: rows_per_second, bytes_per_second, replica_lag, threads_running, history.
    void set_limits(const Limits& limits);
    /// In a hurry no limit holds: the source's writers wait for what is applied.
    void set_hurry(bool hurry);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace transload::native

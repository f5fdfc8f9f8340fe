#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "orchestrator/job/job_id.hpp"
#include "orchestrator/job/job_state.hpp"
#include "orchestrator/plan/finding.hpp"

namespace transload {

using WallTime = std::chrono::system_clock::time_point;

/// One line of a job's history. Numbered from 1 per job without gaps, durable, replayable.
struct Event {
    std::uint64_t sequence = 0;
    JobId job;
    WallTime at;
    JobState state = JobState::draft;
    std::string step;    ///< "schema.generate", "data.inventory", …; empty for commands
    std::string object;  ///< "shop.orders", …; may be empty
    Severity level = Severity::info;
    std::string message;
};

/// Where one table stands. Not durable: the checkpoint on the target is.
struct TableProgress {
    std::string table;  ///< source "database.table"
    std::string phase;  ///< "waiting", "inventory", "indexing", "copied", "validating", "validated", "failed"
    std::uint64_t rows_done = 0;
    std::uint64_t rows_total = 0;  ///< estimate until counted
    std::uint64_t bytes_done = 0;
    std::uint64_t chunks_done = 0;
};

/// How a job follows. Not durable: the checkpoint is.
struct StreamProgress {
    std::string phase;              ///< "catching up", "following", "held", "reverse"; empty: none
    std::int64_t lag_ms = 0;        ///< age of the oldest commit that is not yet applied; 0 = none waits
    double rows_per_second = 0;     ///< row changes applied, over the last few seconds
    double log_bytes_per_second = 0;
    std::uint64_t backlog_bytes = 0;  ///< of the log not yet applied
    std::uint64_t queued_bytes = 0;   ///< decoded and waiting in memory
    std::uint64_t row_changes = 0;    ///< over all runs of the job
    std::uint64_t transactions = 0;   ///< over all runs of the job
    std::uint64_t conflicts = 0;
    std::uint64_t reconnects = 0;
    double seconds_to_caught_up = -1;  ///< -1: can't be told
    std::string position;              ///< applied, as people are shown it
};

}  // namespace transload

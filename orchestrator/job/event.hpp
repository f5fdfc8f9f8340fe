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

}  // namespace transload

#pragma once
#include <chrono>
#include <optional>

#include "adapters/mysql/binlog/position.hpp"
#include "adapters/native/flow/run_state.hpp"
#include "adapters/native/flow/server_watch.hpp"

namespace transload::native {

/// While rows are copied nobody reads the source's log, and the server may purge what the job will need of it. Looks every
/// few seconds: what is gone fails the run at once, with Error{failed, "binlog.purged"}, rather than at the end of a copy
/// that was for nothing; a warning comes before it is too late. Ends with the object.
class LogWatch {
  public:
    /// `from` is where the log will be read from. References must outlive it.
    LogWatch(const Endpoint& source, mysql::binlog::Position from, RunState& run, RunControl& control);

  private:
    void look(mysql::Connection& source);
    void warn_in_time(mysql::Connection& source);

    const mysql::binlog::Position from_;
    RunState& run_;
    RunControl& control_;
    std::optional<std::chrono::steady_clock::time_point> closed_;  ///< when the server was seen writing to a later file
    bool warned_ = false;
    ServerWatch watch_;  // last: its thread uses the others
};

}  // namespace transload::native

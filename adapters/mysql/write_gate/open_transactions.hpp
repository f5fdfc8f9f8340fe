#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload::mysql {

/// A transaction that has written, or holds locks. Those that only read (Transload's own views among them) are none.
struct OpenTransaction {
    std::uint64_t thread = 0;  ///< 0: a prepared XA transaction without a session
    std::string user;
    std::string started;
    std::int64_t age_seconds = 0;
    std::string statement;  ///< its values replaced by '?'; empty: none is running

    /// "session 7 (app, 12 s, UPDATE t SET v = ?)"
    [[nodiscard]] std::string display() const;
};

/// All but the session's own; of these users only, when any are given. Servers renew what they tell ten times a second.
/// Needs PROCESS.
[[nodiscard]] std::vector<OpenTransaction> open_transactions(Connection& connection, const std::set<std::string>& users = {});

/// Before writes are stopped: gives the transactions that are open now, and those that last longer than half a second,
/// CutoverOptions::transaction_limit to end. Then, with OpenTransactions::kill, their sessions are ended, with an event
/// for each. Throws Error{transient, "cutover.open_transactions"}, which names them, when they stay. An account that
/// may not see them (PROCESS) is told so by an event, and nothing is waited for.
void settle_open_transactions(Connection& connection, const JobSpec& spec, RunControl& control,
                              const std::set<std::string>& users = {});

}  // namespace transload::mysql

#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "adapters/mysql/binlog/change.hpp"
#include "adapters/mysql/binlog/position.hpp"
#include "adapters/mysql/connection.hpp"
#include "orchestrator/plan/table_plan.hpp"

namespace transload::mysql::binlog {

struct ReaderOptions {
    std::size_t piece_bytes = 8U << 20;  ///< a transaction is delivered in pieces of about this weight
    std::chrono::milliseconds heartbeat{200};
    bool job_takes_new_tables = true;  ///< CREATE TABLE in a mapped database is a Statement (a table that would be missed)
};

/// Reads a server's change log from a position on, decoded, whole transactions in their order. One session, one thread;
/// an object that threw is done with: make another at the last position that was applied.
///
/// Errors, besides ServerError (transient when the connection is lost): Error{failed} "binlog.purged" (names what is
/// lost), "binlog.unknown_event", "binlog.undecodable" (with position, table and column), "binlog.table_changed" (the log
/// describes the table otherwise than the plan), "binlog.incident", "binlog.not_row" (a DML statement in clear),
/// "binlog.checksum", "binlog.xa" (a prepared XA transaction), "binlog.other_history" (the server lacks transactions of
/// the position).
class ChangeReader {
  public:
    /// `tables`, with their source names, must outlive the reader. `from` came from this server or, with GTIDs, from one
    /// that it replicates or replicates with.
    ChangeReader(const Endpoint& endpoint, const std::vector<TablePlan>& tables, const Position& from,
                 ReaderOptions options = {});
    ~ChangeReader();
    ChangeReader(const ChangeReader&) = delete;
    ChangeReader& operator=(const ChangeReader&) = delete;

    /// The next piece; nullopt when the server had nothing new for `limit` (a few heartbeats), so that the caller can look
    /// at its stop token. Transactions without changes for us are not delivered, but move `position()`; so that a caller
    /// can save it, it also returns nullopt after some thousands of them.
    [[nodiscard]] std::optional<Piece> next(std::chrono::milliseconds limit);

    /// Behind the last transaction that was delivered whole or skipped.
    [[nodiscard]] const Position& position() const;

    /// The server said that it has sent all it had, and nothing came since.
    [[nodiscard]] bool at_end() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Comment in statements of ours that are no row changes, such as ALTER TABLE … AUTO_INCREMENT: a reader passes over a
/// statement that holds it.
inline constexpr std::string_view own_statement = "/* transload: own */";

/// Where the log of the connection's server ends now, with all coordinates. Throws Error{failed, "binlog.unavailable"}
/// when there is no log or the account may not look.
[[nodiscard]] Position current_position(Connection& connection);

}  // namespace transload::mysql::binlog

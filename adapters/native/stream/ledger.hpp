#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "adapters/mysql/binlog/position.hpp"
#include "adapters/mysql/connection.hpp"
#include "adapters/native/stream/window.hpp"
#include "orchestrator/job/job_id.hpp"

namespace transload::native {

/// Where a stream is, as its row in `_transload`.stream_state says it.
///
/// `group_no` is a fence: every change of the row counts it up and demands the number that the writer believes in, so a
/// transaction of a lost session, or of a second program, is noticed before it touches a row.
struct LedgerState {
    std::uint64_t group = 0;
    mysql::binlog::Position applied;
    /// A group of several parts was begun behind `applied` and reaches to here; its parts have marks.
    std::optional<mysql::binlog::Position> pending_end;
    unsigned pending_parts = 0;
    std::uint64_t row_changes = 0;   ///< a pending group is counted when it is settled
    std::uint64_t transactions = 0;
    std::string shapes;     ///< the unique keys by which groups are split (see encode_shapes)
    std::string statement;  ///< position of a statement that was begun and not yet recorded as done; empty: none
};

/// The SQL of a stream's checkpoint. All changes are for the caller's own transaction, and come first in it: the row's
/// lock then makes a second attempt wait for the end of the first. Not thread-safe only as far as the connection is.
class Ledger {
  public:
    Ledger(const JobId& id, StreamDirection direction);

    /// Waits for transactions that have touched the row and are not over yet. nullopt: the stream was never begun.
    [[nodiscard]] std::optional<LedgerState> load(mysql::Connection& connection) const;

    struct Step {
        std::uint64_t group = 0;  ///< the number that the row gets; it must have had the one before
        const mysql::binlog::Position* applied = nullptr;
        const mysql::binlog::Position* pending_end = nullptr;
        unsigned pending_parts = 0;
        std::uint64_t row_changes = 0;   ///< totals
        std::uint64_t transactions = 0;
    };
    /// False: the row does not have the number before. Was the step taken already, or by somebody else? See taken().
    [[nodiscard]] bool take(mysql::Connection& connection, const Step& step) const;
    /// For a transaction whose end was not known when it took the step: fills in the rest.
    void amend(mysql::Connection& connection, const Step& step) const;
    /// The row is exactly as `step` makes it.
    [[nodiscard]] bool taken(mysql::Connection& connection, const Step& step) const;

    /// False: the part is done already.
    [[nodiscard]] bool mark(mysql::Connection& connection, std::uint64_t group, unsigned part) const;
    [[nodiscard]] std::set<unsigned> marks(mysql::Connection& connection, std::uint64_t group) const;
    void drop_marks_before(mysql::Connection& connection, std::uint64_t group) const;

    void set_shapes(mysql::Connection& connection, const std::string& shapes) const;
    void set_statement(mysql::Connection& connection, const std::string& position) const;

    /// "job_id = … AND direction = …"
    [[nodiscard]] const std::string& row() const { return row_; }
    /// "'job', 'direction'"
    [[nodiscard]] const std::string& values() const { return values_; }

  private:
    std::string row_;
    std::string values_;
};

[[nodiscard]] std::string_view direction_name(StreamDirection direction);

}  // namespace transload::native

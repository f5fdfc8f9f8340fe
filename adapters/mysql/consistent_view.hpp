#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/log_state.hpp"
#include "orchestrator/ports/data_engine.hpp"

namespace transload::mysql {

/// How sure we are that all sessions of a view see the same rows, and that these are the rows at `position()`.
enum class ViewExactness {
    bracketed,  ///< position read before and after opening was equal: no lock was taken
    locked,     ///< FLUSH TABLES WITH READ LOCK was held for the milliseconds of opening
    native,     ///< the server names the snapshot's position itself (MariaDB)
    single,     ///< one session only: consistent in itself, position known to lie in a bracket
    held,       ///< the caller holds the writers of what is read: all sessions see that alike; of the position as `single`
};

/// Who writes, while a view is opened, to the tables that are to be read through it.
enum class Writers {
    running,  ///< anyone may
    followed, ///< anyone may, and their changes will be told by the view's position from what it shows: it must not stand
              ///< behind a transaction that is in the log and not yet visible
    held,     ///< nobody does: the caller keeps them from it and has seen their last commit return
};

/// N read-only sessions (SessionProfile::copy_read, REPEATABLE READ) that see one state of a server.
/// Thread-safe: sessions are lent, one borrower each.
class ConsistentView final : public SourceView {
  public:
    /// Opens the view of any server. `sessions` >= 1; falls back to one session where neither a quiet moment nor the
    /// RELOAD privilege can be had. With Writers::held all sessions are had whatever else is written to the server,
    /// whether it has a log or not, and no lock is taken. Sessions of the same `group` that a program has lost are ended,
    /// see ConnectOptions. Throws ServerError.
    [[nodiscard]] static std::shared_ptr<ConsistentView> open(const Endpoint& server, unsigned sessions,
                                                              Writers writers = Writers::running, const std::string& group = {});
    ~ConsistentView() override;

    /// Keeps these from being truncated, altered or dropped while the view lives, so that it can show them. Where somebody
    /// is ahead of it with that, the table stays one that can't be read.
    void pin(const std::vector<TableName>& tables);

    /// log_state() in short.
    [[nodiscard]] std::string position() const override;
    [[nodiscard]] ViewExactness exactness() const noexcept;
    /// Where the log stood at the snapshot, all coordinates that the server has: the rows contain every change up to
    /// there. Nothing behind it either, unless the two ends of bracket() differ. known() is false where the server keeps
    /// no log or the account may not look.
    [[nodiscard]] const LogState& log_state() const noexcept;
    /// The snapshot lies between these two, ends included; equal (and log_state()) where it is exact.
    [[nodiscard]] const std::pair<LogState, LogState>& bracket() const noexcept;
    /// Which server's log that is: server_uuid; MariaDB: "server_id:N".
    [[nodiscard]] const std::string& server() const noexcept;
    /// Sessions that are still alive: a session that was lost can't be had again, its snapshot is gone.
    [[nodiscard]] std::size_t sessions() const;
    [[nodiscard]] const Endpoint& endpoint() const noexcept;

    /// Borrowed session; given back by the destructor. A borrower that broke the connection says so with
    /// `broken()`, the session is then closed and taken out of the view.
    class Lease {
      public:
        Lease(Lease&&) noexcept;
        ~Lease();
        [[nodiscard]] Connection& operator*() const noexcept { return *connection_; }
        [[nodiscard]] Connection* operator->() const noexcept { return connection_.get(); }
        void broken() noexcept { broken_ = true; }

      private:
        friend class ConsistentView;
        Lease(ConsistentView* view, std::unique_ptr<Connection> connection);
        ConsistentView* view_;
        std::unique_ptr<Connection> connection_;
        bool broken_ = false;
    };

    /// Waits for a free session. Throws Error{transient, "view.lost"} when none is left alive.
    [[nodiscard]] Lease borrow();
    /// The same, nullopt when none becomes free in time: for who holds what the other borrowers wait for.
    [[nodiscard]] std::optional<Lease> try_borrow(std::chrono::milliseconds limit);

  private:
    struct Impl;
    explicit ConsistentView(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// What failed in one view for good may go well in another: the table was made anew since, or the server misreads older
/// versions of documents ("mysql.table_changed", "mysql.misread").
[[nodiscard]] bool needs_another_view(const Error& error);

/// A session of a view waited for a table in vain ("mysql.lock_wait_timeout"). Who is ahead of it may be waiting for the
/// view's other sessions, so that only its end helps.
[[nodiscard]] bool waits_in_vain(const Error& error);

/// The server's present position: executed GTID set where GTIDs are on (MySQL), gtid_binlog_pos (MariaDB), else
/// "file:offset"; "unknown" without a binary log or without the right to look.
[[nodiscard]] std::string read_position(Connection& connection);

}  // namespace transload::mysql

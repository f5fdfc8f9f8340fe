#include "adapters/mysql/consistent_view.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/mysql/quoting.hpp"

namespace transload::mysql {
namespace {

using std::chrono::milliseconds;

constexpr int tries_before_lock = 2;  ///< a server that is written to all the time is not kept waiting for a quiet moment
constexpr int tries_without_lock = 6;
/// A transaction that is in the binary log but not yet visible commits within this time, unless it waits for
/// a semi-synchronous replica (which is asked for separately).
constexpr milliseconds settle_time{20};
/// Between the log and the rows lies a synced write, which slow disks take their time for. Nothing but waiting tells, on
/// servers whose position is a file and an offset: sets of GTIDs are those of visible transactions, and MariaDB names
/// the position of a snapshot itself.
constexpr milliseconds settle_time_of_files{500};

using Sessions = std::vector<std::unique_ptr<Connection>>;

std::uint64_t waiting_for_replicas(Connection& connection) {
    std::uint64_t waiting = 0;
    for (const Row& row : connection.query("SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_%_wait_sessions'").rows)
        waiting += std::stoull(row.at(1).value_or("0"));
    return waiting;
}

/// MariaDB says which binary log position the snapshot of this session shows; not known() where it does not.
LogState snapshot_state(Connection& connection) {
    LogState state;
    if (!connection.version().mariadb) return state;
    for (const Row& row : connection.query("SHOW STATUS LIKE 'binlog_snapshot_%'").rows) {
        if (row.at(0) == "Binlog_snapshot_file") state.file = row.at(1).value_or("");
        if (row.at(0) == "Binlog_snapshot_position") state.offset = row.at(1).value_or("");
    }
    if (state.known())
        state.gtids = connection.scalar("SELECT BINLOG_GTID_POS(" + quote_text(state.file) + ", " + state.offset + ")")
                          .value_or("");
    return state;
}

std::string server_name(Connection& connection) {
    if (connection.version().mariadb)
        return "server_id:" + connection.scalar("SELECT @@GLOBAL.server_id").value_or("0");
    return connection.scalar("SELECT @@GLOBAL.server_uuid").value_or("");
}

void start_snapshot(Connection& connection) {
    connection.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
}

void end_snapshots(Sessions& sessions) {
    for (auto& session : sessions) session->execute("ROLLBACK");
}

std::unique_ptr<Connection> connect(const Endpoint& server, const std::string& group) {
    auto session = std::make_unique<Connection>(server, ConnectOptions{.profile = SessionProfile::copy_read, .group = group});
    session->execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    // Rows are read without locks; definitions are not. Whoever wants to change one that this view has read waits for the
    // view, and the view's other sessions wait behind him: without a limit for ever.
    session->execute("SET SESSION lock_wait_timeout = 10");
    if (session->version().mariadb) session->execute("SET SESSION idle_transaction_timeout = 0");
    return session;
}

struct Opened {
    std::pair<LogState, LogState> bracket;
    ViewExactness exactness;
};

Opened exactly(const LogState& at, ViewExactness exactness) { return {{at, at}, exactness}; }

/// Snapshots between two equal looks at the log are equal and stand at that position.
std::optional<Opened> open_bracketed(Connection& side, Sessions& sessions, int tries, Writers writers) {
    milliseconds pause = settle_time;
    for (int i = 0; i < tries; ++i, pause *= 2) {
        const LogState before = read_log_state(side);
        if (!before.known()) return std::nullopt;
        std::this_thread::sleep_for(settle_time);
        const bool by_file = !side.version().mariadb && before.gtids.empty();
        if (writers == Writers::followed && by_file && read_log_state(side) == before)
            std::this_thread::sleep_for(settle_time_of_files);
        if (waiting_for_replicas(side) == 0 && read_log_state(side) == before) {
            for (auto& session : sessions) start_snapshot(*session);
            const LogState named = snapshot_state(*sessions.front());
            const bool named_alike = std::all_of(sessions.begin(), sessions.end(), [&](const auto& session) {
                return !named.known() || snapshot_state(*session) == named;
            });
            if (named_alike && named.known()) return exactly(named, ViewExactness::native);
            if (named_alike && waiting_for_replicas(side) == 0 && read_log_state(side) == before)
                return exactly(before, ViewExactness::bracketed);
            end_snapshots(sessions);
        }
        std::this_thread::sleep_for(std::min(pause, milliseconds(200)));
    }
    return std::nullopt;
}

/// Behind a long statement the lock would wait, and everyone else behind the lock; behind one that waits for a row of
/// somebody who waits for the lock, in vain. It gives up early, and tries again after a while.
bool take_lock(Connection& side) {
    constexpr unsigned lock_wait_timeout = 1205;
    constexpr int tries = 3;
    // Should the network go while the lock is held, the server is not to wait for hours before it gives the lock up.
    side.execute("SET SESSION lock_wait_timeout = 1, SESSION wait_timeout = 20");
    for (int i = 0; i < tries; ++i) {
        if (i != 0) std::this_thread::sleep_for(milliseconds(300));
        try {
            side.execute("FLUSH TABLES WITH READ LOCK");
            return true;
        } catch (const ServerError& error) {
            if (error.connection_lost()) throw;
            if (error.code() != lock_wait_timeout) return false;
        }
    }
    return false;
}

/// A short global read lock: no commit can happen between the snapshots. Needs RELOAD.
std::optional<Opened> open_locked(Connection& side, Sessions& sessions) {
    if (!take_lock(side)) return std::nullopt;
    try {
        for (auto& session : sessions) start_snapshot(*session);
        Opened opened = exactly(read_log_state(side), ViewExactness::locked);
        side.execute("UNLOCK TABLES");
        return opened;
    } catch (...) {
        side.reconnect();  // gives the lock back
        throw;
    }
}

/// One session is consistent in itself; what it shows lies between two positions.
Opened open_single(Connection& side, Sessions& sessions, Writers writers) {
    sessions.resize(1);
    const LogState low = read_log_state(side);
    // What is in the log by now is visible then.
    std::this_thread::sleep_for(writers == Writers::followed ? settle_time_of_files : settle_time);
    start_snapshot(*sessions.front());
    const LogState named = snapshot_state(*sessions.front());
    if (named.known()) return exactly(named, ViewExactness::native);
    return {{low, read_log_state(side)}, ViewExactness::single};
}

/// Whatever is committed between the snapshots is none of what is read.
Opened open_held(Connection& side, Sessions& sessions) {
    const LogState low = read_log_state(side);
    for (auto& session : sessions) start_snapshot(*session);
    return {{low, read_log_state(side)}, ViewExactness::held};
}

}  // namespace

bool needs_another_view(const Error& error) {
    return error.id() == "mysql.table_changed" || error.id() == "mysql.misread";
}

bool waits_in_vain(const Error& error) {
    return error.id() == "mysql.lock_wait_timeout";
}

std::string read_position(Connection& connection) {
    return read_log_state(connection).position();
}

struct ConsistentView::Impl {
    Endpoint server;
    std::string name;
    Opened opened;
    mutable std::mutex mutex;
    std::condition_variable returned;
    Sessions idle;
    std::size_t alive = 0;

    void give_back(std::unique_ptr<Connection> session, bool broken) {
        const std::lock_guard lock(mutex);
        if (broken)
            --alive;
        else
            idle.push_back(std::move(session));
        returned.notify_all();
    }
};

std::shared_ptr<ConsistentView> ConsistentView::open(const Endpoint& server, unsigned sessions, Writers writers,
                                                     const std::string& group) {
    Connection side(server, ConnectOptions{.profile = SessionProfile::general});
    Sessions fresh;
    for (unsigned i = 0; i < std::max(1U, sessions); ++i) fresh.push_back(connect(server, group));
    std::optional<Opened> opened;
    if (writers == Writers::held) opened = open_held(side, fresh);
    if (!opened) opened = open_bracketed(side, fresh, tries_before_lock, writers);
    // A lock on a busy server is a price that only the equality of several sessions is worth.
    if (!opened && fresh.size() > 1) opened = open_locked(side, fresh);
    if (!opened) opened = open_bracketed(side, fresh, tries_without_lock, writers);
    if (!opened) opened = open_single(side, fresh, writers);

    auto impl = std::make_unique<Impl>();
    impl->server = server;
    impl->name = server_name(side);
    impl->opened = std::move(*opened);
    impl->alive = fresh.size();
    impl->idle = std::move(fresh);
    return std::shared_ptr<ConsistentView>(new ConsistentView(std::move(impl)));
}

ConsistentView::ConsistentView(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ConsistentView::~ConsistentView() = default;

std::string ConsistentView::position() const {
    return log_state().position();
}
ViewExactness ConsistentView::exactness() const noexcept {
    return impl_->opened.exactness;
}
const LogState& ConsistentView::log_state() const noexcept {
    return impl_->opened.bracket.first;
}
const std::pair<LogState, LogState>& ConsistentView::bracket() const noexcept {
    return impl_->opened.bracket;
}
const std::string& ConsistentView::server() const noexcept {
    return impl_->name;
}
const Endpoint& ConsistentView::endpoint() const noexcept {
    return impl_->server;
}

void ConsistentView::pin(const std::vector<TableName>& tables) {
    const std::lock_guard lock(impl_->mutex);
    for (const TableName& table : tables) {
        try {
            for (auto& session : impl_->idle) session->execute("DO (SELECT 1 FROM " + quote_name(table) + " LIMIT 0)");
        } catch (const ServerError& error) {
            if (error.connection_lost()) throw;
        }
    }
}

std::size_t ConsistentView::sessions() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->alive;
}

ConsistentView::Lease ConsistentView::borrow() {
    while (true)
        if (auto lease = try_borrow(std::chrono::hours(1))) return std::move(*lease);
}

std::optional<ConsistentView::Lease> ConsistentView::try_borrow(milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    std::unique_lock lock(impl_->mutex);
    while (true) {
        const auto ready = [&] { return !impl_->idle.empty() || impl_->alive == 0; };
        if (!impl_->returned.wait_until(lock, deadline, ready)) return std::nullopt;
        if (impl_->idle.empty())
            throw Error(ErrorKind::transient, "view.lost", impl_->server.label(),
                        "all sessions of the view of this server are lost, and with them its snapshot",
                        "the work goes on in a new view; look for what kills sessions there");
        std::unique_ptr<Connection> session = std::move(impl_->idle.back());
        impl_->idle.pop_back();
        lock.unlock();
        const bool alive = session->ping();
        if (alive) return Lease(this, std::move(session));
        session.reset();
        lock.lock();
        --impl_->alive;
        impl_->returned.notify_all();
    }
}

ConsistentView::Lease::Lease(ConsistentView* view, std::unique_ptr<Connection> connection)
    : view_(view), connection_(std::move(connection)) {}

ConsistentView::Lease::Lease(Lease&& other) noexcept
    : view_(std::exchange(other.view_, nullptr)),
      connection_(std::move(other.connection_)),
      broken_(other.broken_) {}

ConsistentView::Lease::~Lease() {
    if (view_ == nullptr || !connection_) return;
    view_->impl_->give_back(std::move(connection_), broken_);
}

}  // namespace transload::mysql

#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/mysql/consistent_view.hpp"
#include "adapters/native/following/relay_control.hpp"
#include "adapters/native/stream/change_stream.hpp"
#include "orchestrator/ports/data_engine.hpp"

namespace transload::native {

/// The running stream of one job in one direction, with what the engine knows beside it. One step of a job uses it at a
/// time; the stream's own threads go on between.
class Follower : public std::enable_shared_from_this<Follower> {
  public:
    /// Starts the stream at its checkpoint.
    Follower(const DataJob& job, Window window);
    ~Follower();
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    /// Publishes how far it is, and rethrows what ended the stream.
    [[nodiscard]] FollowStatus look(const DataJob& job, RunControl& control);

    /// A view of the source whose position is known. Throws Error{transient} on a source that is too busy for one without
    /// a lock.
    [[nodiscard]] static std::shared_ptr<mysql::ConsistentView> exact_view(const DataJob& job);

    /// See DataEngine.
    [[nodiscard]] std::string drain(const DataJob& job, std::chrono::milliseconds limit, RunControl& control);
    void drain_to(const mysql::binlog::Position& position, std::chrono::milliseconds limit, RunControl& control);
    [[nodiscard]] CommonView common_view(const DataJob& job, const CommonViewWish& wish, RunControl& control);
    [[nodiscard]] std::optional<std::vector<TableName>> check_changes(const DataJob& job, RunControl& control);

    [[nodiscard]] bool failed() const { return stream_->status().failed; }

  private:
    /// Tells how far the stream is, and it of the limits that hold now. Returns what was told.
    StreamStatus report(std::chrono::milliseconds max_lag, RunControl& control);
    void publish(const StreamStatus& status, bool caught_up, RunControl& control);
    [[nodiscard]] std::optional<double> seconds_left(const StreamStatus& status);

    const bool reverse_;
    RelayControl relay_;
    std::shared_ptr<ChangeStream> stream_;
    bool keys_known_;  ///< the stream remembers what changed since both sides were compared
    std::uint64_t not_compared_ = 0;  ///< changed rows since then that it no longer knew when it was asked
    std::optional<std::pair<std::chrono::steady_clock::time_point, std::uint64_t>> backlog_before_;
};

}  // namespace transload::native

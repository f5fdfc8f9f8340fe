#include "adapters/native/stream/change_stream.hpp"

#include <algorithm>

#include "adapters/native/flow/source_pressure.hpp"
#include "adapters/native/flow/throttle.hpp"
#include "adapters/native/stream/applier.hpp"
#include "adapters/native/stream/log_follower.hpp"
#include "adapters/native/stream/source_watch.hpp"

namespace transload::native {
namespace {

using std::chrono::milliseconds;

/// A third of the job's memory: what is folded, and the texts of the statements, need the rest.
std::size_t queue_bytes(const Limits& limits) {
    return std::clamp<std::size_t>(limits.memory / 3, 4U << 20, 48U << 20);
}

milliseconds age(std::int64_t committed_us) {
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    return std::max(milliseconds(0), milliseconds((now.count() - committed_us) / 1000));
}

}  // namespace

struct ChangeStream::Impl {
    StreamSetup setup;
    RunControl& control;
    Signal signal;
    PieceQueue queue;
    Throttle throttle;
    Applier applier;
    std::unique_ptr<LogFollower> follower;
    std::unique_ptr<SourceWatch> watch;
    std::unique_ptr<SourcePressure> pressure;

    Impl(StreamSetup what, RunControl& who)
        : setup(std::move(what)),
          control(who),
          queue(queue_bytes(setup.limits), signal),
          throttle(setup.limits.rows_per_second, setup.limits.bytes_per_second),
          applier(setup, who, throttle, queue, signal) {
        applier.start();
        follower = std::make_unique<LogFollower>(setup.from, setup.tables, setup.retry, queue,
                                                 [this](std::exception_ptr error) { applier.fail_at_end(std::move(error)); });
        watch = std::make_unique<SourceWatch>(setup.from, [this] { return follower->read(); });
        pressure = std::make_unique<SourcePressure>(setup.from, setup.limits, throttle, control);
    }
};

ChangeStream::ChangeStream(StreamSetup setup, RunControl& control)
    : impl_(std::make_unique<Impl>(std::move(setup), control)) {}

ChangeStream::~ChangeStream() = default;

StreamStatus ChangeStream::status() const {
    const Applier::Status applier = impl_->applier.status();
    const PieceQueue::Load queue = impl_->queue.load();
    const LogFollower& follower = *impl_->follower;
    StreamStatus status;
    status.applied = applier.applied;
    status.read = follower.read();
    status.at_end = follower.at_end() && queue.empty && !applier.busy && applier.oldest_us == 0;
    const std::int64_t oldest = applier.oldest_us != 0 ? applier.oldest_us : queue.oldest_us;
    if (oldest != 0) status.lag = age(oldest);
    // What a server has committed that doesn't answer isn't known: as long as it is silent the lag may grow.
    if (queue.empty && follower.silence() > std::chrono::seconds(1)) status.lag = std::max(status.lag, follower.silence());
    status.rows_per_second = applier.rows_per_second;
    status.log_bytes_per_second = applier.log_bytes_per_second;
    status.queued_bytes = queue.bytes;
    status.backlog_bytes = queue.log_bytes + applier.log_bytes_under_way + impl_->watch->unread_bytes();
    if (status.at_end) status.backlog_bytes = 0;
    status.row_changes = applier.row_changes;
    status.transactions = applier.transactions;
    status.groups = applier.groups;
    status.conflicts = applier.conflicts;
    status.reconnects = follower.reconnects() + applier.lost_sessions;
    status.held = applier.held;
    status.failed = applier.failed;
    return status;
}

void ChangeStream::check() const { impl_->applier.check(); }

void ChangeStream::drain_to(const mysql::binlog::Position& position, milliseconds limit) {
    impl_->applier.drain_to(position, limit);
}

void ChangeStream::hold() { impl_->applier.hold(); }

std::optional<mysql::binlog::Position> ChangeStream::held(milliseconds limit) { return impl_->applier.held(limit); }

void ChangeStream::advance_to(const mysql::binlog::Position& position, milliseconds limit) {
    impl_->applier.advance_to(position, limit);
}

void ChangeStream::release() { impl_->applier.release(); }

void ChangeStream::remember_keys(std::size_t most) { impl_->applier.touched().remember(most); }

ChangeStream::Touched ChangeStream::take_keys() { return impl_->applier.touched().take(); }

void ChangeStream::set_limits(const Limits& limits) { impl_->pressure->set_limits(limits); }

void ChangeStream::set_hurry(bool hurry) { impl_->throttle.set_hurry(hurry); }

}  // namespace transload::native

#include "adapters/mysql/validation/lane.hpp"

#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <stdexcept>

namespace transload::mysql::validation {
namespace {

/// How long a lane waits for a session before it looks whether it is to stop.
constexpr std::chrono::milliseconds stop_poll(200);

void wait(std::chrono::milliseconds time, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace

Lane::Lane(const LaneContext& context) : context_(context) {}

void Lane::check() const {
    context_.control.check();
    if (context_.stop_token.stop_requested())
        throw Error(ErrorKind::cancelled, "validation.stopped", "", "another part of the validation failed", "");
}

ConsistentView::Lease Lane::borrow(ConsistentView& view) {
    while (true) {
        check();
        if (auto lease = view.try_borrow(stop_poll)) return std::move(*lease);
    }
}

Connection& Lane::on(Side side) {
    if (side == Side::source) {
        if (!source_) {
            // There may be fewer sessions than lanes: all take the source's first, so that no two wait for each other.
            lend_sessions();
            source_.emplace(borrow(context_.view));
            source_watch_.emplace(context_.stop, **source_);
        }
        return **source_;
    }
    if (reach_ == Reach::proxy) {
        if (!proxy_) proxy_.emplace(connect_logical(context_.spec));
        return *proxy_;
    }
    if (context_.target_view != nullptr) {
        if (!target_lease_) {
            target_lease_.emplace(borrow(*context_.target_view));
            target_watch_.emplace(context_.stop, **target_lease_);
        }
        return **target_lease_;
    }
    if (!target_) renew_target();
    return *target_;
}

Connection& Lane::shard(const StorageUnit& unit) {
    return shards_.try_emplace(unit.name, context_.stop, unit).first->second.session;
}

void Lane::renew_target() {
    if (!target_is_present()) throw std::logic_error("Lane::renew_target: a snapshot can't be had again");
    if (reach_ == Reach::proxy) {  // its sessions have no snapshot to renew
        if (proxy_ && !proxy_->ping()) proxy_.reset();
        return;
    }
    target_watch_.reset();
    if (target_ && !target_->ping()) target_.reset();
    if (!target_) {
        ConnectOptions options;
        options.profile = SessionProfile::copy_read;
        target_.emplace(context_.spec.target, options);
        target_->execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    }
    target_watch_.emplace(context_.stop, *target_);
    target_->execute("ROLLBACK");
    target_->execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
}

Connection& Lane::writer() {
    if (writer_ && !writer_->ping()) {
        writer_watch_.reset();
        writer_.reset();
    }
    if (!writer_) {
        ConnectOptions options;
        options.profile = SessionProfile::copy_write;
        options.sql_log_bin = context_.spec.target_log_bin;
        writer_.emplace(context_.spec.target, options);
        writer_watch_.emplace(context_.stop, *writer_);
        // With unique_checks=0 a swapped unique value could go in twice without a word.
        writer_->execute("SET SESSION unique_checks = 1, foreign_key_checks = 0");
    }
    return *writer_;
}

void Lane::lend_sessions() {
    source_watch_.reset();
    source_.reset();
    if (!target_lease_) return;
    target_watch_.reset();
    target_lease_.reset();
}

void Lane::drop_source() {
    source_watch_.reset();
    if (source_) source_->broken();
    source_.reset();
}

void Lane::give_up_or_wait(const Error& error, const std::string& object, unsigned attempt) {
    check();  // a statement that our own stop ended is no error
    const bool again = error.kind() == ErrorKind::transient || error.kind() == ErrorKind::in_doubt;
    // Another attempt in the same view would end alike: it takes a new one, which is the caller's to open.
    const bool in_vain = needs_another_view(error) || (!target_is_present() && waits_in_vain(error));
    if (!again || in_vain || attempt >= std::max(1U, context_.spec.retry.attempts)) {
        const std::string where = error.object().empty() || error.object() == object ? "" : " (" + error.object() + ")";
        throw Error(error.kind(), error.id(), object, error.message() + where, error.remedy());
    }
    const auto longest = std::max(context_.spec.retry.backoff_min, context_.spec.retry.backoff_max);
    const std::chrono::milliseconds grown(context_.spec.retry.backoff_min.count() << std::min(attempt - 1, 20U));
    const auto pause = std::min(longest, grown);
    context_.control.event(Severity::warning, "validate", object,
                           error.message() + "; trying again in " + std::to_string(pause.count()) + " ms");
    wait(pause, context_.stop_token);
    check();
    mend_sessions();
}

void Lane::mend_sessions() {
    if (source_ && !(*source_)->ping()) drop_source();
    if (target_lease_ && !(*target_lease_)->ping()) {
        target_watch_.reset();
        target_lease_->broken();
        target_lease_.reset();
    }
    if (target_ && !target_->ping()) {
        target_watch_.reset();
        target_.reset();
    }
    if (proxy_ && !proxy_->ping()) proxy_.reset();
    for (auto shard = shards_.begin(); shard != shards_.end();)
        shard = shard->second.session.ping() ? std::next(shard) : shards_.erase(shard);
    if (writer_) {  // what it had open is gone with it
        writer_watch_.reset();
        writer_.reset();
    }
}

}  // namespace transload::mysql::validation

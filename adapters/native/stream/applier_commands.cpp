// What other threads ask of the applier.
#include <fmt/format.h>

#include "adapters/native/stream/applier.hpp"

namespace transload::native {

using mysql::binlog::covers;
using mysql::binlog::Position;

void Applier::fail_at_end(std::exception_ptr error) {
    {
        const std::lock_guard lock(mutex_);
        if (!at_end_) at_end_ = std::move(error);
    }
    signal_.notify();
}

void Applier::rethrow_at_end() {
    std::exception_ptr error;
    {
        const std::lock_guard lock(mutex_);
        error = at_end_;
    }
    // What it delivered may explain it, a definition that was changed above all.
    if (error && !queue_.head()) std::rethrow_exception(error);
}

void Applier::fail(std::exception_ptr error) {
    {
        const std::lock_guard lock(mutex_);
        if (!error_) {
            error_ = error;
            counts_.failed = true;
            try {
                std::rethrow_exception(error);
            } catch (const Error& known) {
                if (known.id() == "native.apply_conflict") ++counts_.conflicts;
            } catch (...) {
                // Not one that is counted.
            }
        }
    }
    stop_.request_stop();
    changed_.notify_all();
    signal_.notify();
}

void Applier::check() const {
    const std::lock_guard lock(mutex_);
    if (error_) std::rethrow_exception(error_);
}

Applier::Status Applier::status() const {
    const std::lock_guard lock(mutex_);
    Status status = counts_;
    status.applied = applied_;
    status.held = held_;
    const auto now = Clock::now();
    status.rows_per_second = rows_meter_.per_second(now);
    status.log_bytes_per_second = bytes_meter_.per_second(now);
    status.oldest_us = work_oldest_us_ != 0 ? work_oldest_us_ : open_oldest_us_;
    status.lost_sessions = crew_ ? crew_->lost_sessions() : 0;
    return status;
}

void Applier::wait_until(const std::function<bool()>& done, std::chrono::milliseconds limit, const Position& position) {
    std::unique_lock lock(mutex_);
    const auto over = [&] { return error_ != nullptr || done(); };
    const std::stop_token stop = stop_.get_token();
    const bool reached = limit.count() == 0 ? changed_.wait(lock, stop, over) : changed_.wait_for(lock, stop, limit, over);
    if (error_) std::rethrow_exception(error_);
    if (reached) return;
    if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
    throw Error(ErrorKind::transient, "native.drain_timeout", setup_.to.label(),
                fmt::format("the stream stands at {} and has not reached {} within {} ms", applied_.display(),
                            position.display(), limit.count()),
                "wait until it has caught up, or look at what slows the target down");
}

void Applier::drain_to(const Position& position, std::chrono::milliseconds limit) {
    wait_until([&] { return covers(applied_, position); }, limit, position);
}

void Applier::hold() {
    {
        const std::lock_guard lock(mutex_);
        if (hold_wanted_) throw std::logic_error("ChangeStream::hold: held already");
        hold_wanted_ = true;
    }
    signal_.notify();
}

std::optional<Position> Applier::held(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    const std::stop_token stop = stop_.get_token();
    (void)changed_.wait_for(lock, stop, limit, [&] { return error_ != nullptr || held_; });
    if (error_) std::rethrow_exception(error_);
    if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
    return held_ ? std::optional(applied_) : std::nullopt;
}

void Applier::advance_to(const Position& position, std::chrono::milliseconds limit) {
    {
        const std::lock_guard lock(mutex_);
        // After an advance that ran into its limit the hold is still wanted, and soon there again.
        if (!hold_wanted_) throw std::logic_error("ChangeStream::advance_to: not held");
        if (held_ && covers(applied_, position)) return;
        held_ = false;
        advance_ = position;
    }
    signal_.notify();
    // What runs into the limit leaves the goal where it is: without it a transaction that is on its way would end beyond it.
    wait_until([&] { return held_; }, limit, position);
}

void Applier::release() {
    {
        const std::lock_guard lock(mutex_);
        hold_wanted_ = held_ = false;
        advance_.reset();
        refresh_wanted_ = true;
    }
    signal_.notify();
}

}  // namespace transload::native

#include "adapters/native/stream/log_follower.hpp"

#include <utility>

#include "adapters/native/flow/run_state.hpp"

namespace transload::native {
namespace {

/// How long the reader is asked to wait for something new: the time it takes to notice a stop.
constexpr std::chrono::milliseconds patience{100};

}  // namespace

LogFollower::LogFollower(const Endpoint& from, const std::vector<TablePlan>& tables, const RetryPolicy& retry,
                         PieceQueue& queue, std::function<void(std::exception_ptr)> on_failure)
    : from_(from),
      tables_(tables),
      retry_(retry),
      queue_(queue),
      on_failure_(std::move(on_failure)),
      last_heard_(Clock::now().time_since_epoch().count()) {
    const auto epoch = queue.epoch();
    read_ = resume_ = epoch.from;
    resume_epoch_ = epoch.number;
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

LogFollower::~LogFollower() = default;

mysql::binlog::Position LogFollower::read() const {
    const std::lock_guard lock(mutex_);
    return read_;
}

std::chrono::milliseconds LogFollower::silence() const {
    const auto last = Clock::time_point(Clock::duration(last_heard_.load()));
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - last);
}

void LogFollower::heard(const mysql::binlog::ChangeReader& reader) {
    last_heard_ = Clock::now().time_since_epoch().count();
    at_end_ = reader.at_end();
}

void LogFollower::run(const std::stop_token& stop) {
    unsigned fruitless = 0;
    try {
        while (!stop.stop_requested()) {
            const PieceQueue::Epoch epoch = queue_.epoch();
            if (epoch.number != resume_epoch_) {
                resume_epoch_ = epoch.number;
                resume_ = epoch.from;
                half_ = false;
            }
            try {
                follow(epoch, fruitless, stop);
            } catch (const Error& error) {
                at_end_ = false;
                if (stop.stop_requested()) return;
                if (error.kind() != ErrorKind::transient || ++fruitless >= retry_.attempts) throw;
                ++reconnects_;
                if (half_) queue_.push({.torn = true}, resume_epoch_, stop);
                half_ = false;
                back_off(retry_, fruitless - 1, stop);
            }
        }
    } catch (...) {
        if (!stop.stop_requested()) on_failure_(std::current_exception());
    }
}

void LogFollower::follow(const PieceQueue::Epoch& epoch, unsigned& fruitless, const std::stop_token& stop) {
    mysql::binlog::ChangeReader reader(from_, tables_, resume_);
    while (!stop.stop_requested()) {
        if (queue_.epoch_number() != epoch.number) return;
        auto piece = reader.next(patience);
        heard(reader);
        fruitless = 0;
        const bool whole = !piece || piece->last;
        if (!piece && half_) continue;
        if (!piece && reader.position() == resume_) continue;
        LogItem item;
        if (whole) {
            item.after = reader.position();
            resume_ = item.after;
            const std::lock_guard lock(mutex_);
            read_ = item.after;
        }
        if (piece) log_bytes_ += piece->log_bytes;
        item.piece = std::move(piece);
        queue_.push(std::move(item), epoch.number, stop);
        half_ = !whole;
    }
}

}  // namespace transload::native

#include "adapters/native/stream/piece_queue.hpp"

#include <utility>

#include "orchestrator/plan/error.hpp"

namespace transload::native {

void PieceQueue::push(LogItem item, std::uint64_t epoch, const std::stop_token& stop) {
    {
        std::unique_lock lock(mutex_);
        const bool room = room_.wait(
            lock, stop, [&] { return epoch_.number != epoch || bytes_ < most_bytes_ || !item.piece || items_.empty(); });
        if (!room) throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
        if (epoch_.number != epoch) return;
        if (item.piece) {
            bytes_ += item.piece->weight;
            log_bytes_ += item.piece->log_bytes;
        } else if (!item.torn && !items_.empty() && !items_.back().piece && !items_.back().torn) {
            items_.pop_back();
        }
        items_.push_back(std::move(item));
    }
    signal_.notify();
}

std::optional<LogItem> PieceQueue::pop() {
    std::optional<LogItem> item;
    {
        const std::lock_guard lock(mutex_);
        if (items_.empty()) return item;
        item = std::move(items_.front());
        items_.pop_front();
        if (item->piece) {
            bytes_ -= item->piece->weight;
            log_bytes_ -= item->piece->log_bytes;
        }
    }
    room_.notify_all();
    return item;
}

std::optional<PieceQueue::Head> PieceQueue::head() const {
    const std::lock_guard lock(mutex_);
    if (items_.empty()) return std::nullopt;
    const LogItem& item = items_.front();
    Head head{.has_piece = item.piece.has_value(), .whole = item.whole(), .torn = item.torn};
    if (item.piece) {
        head.stamp = item.piece->stamp;
        head.has_statement = item.piece->statement.has_value();
    } else {
        head.after = item.after;
    }
    return head;
}

void PieceQueue::restart(const mysql::binlog::Position& from) {
    {
        const std::lock_guard lock(mutex_);
        items_.clear();
        bytes_ = 0;
        log_bytes_ = 0;
        ++epoch_.number;
        epoch_.from = from;
    }
    room_.notify_all();
    signal_.notify();
}

PieceQueue::Epoch PieceQueue::epoch() const {
    const std::lock_guard lock(mutex_);
    return epoch_;
}

std::uint64_t PieceQueue::epoch_number() const {
    const std::lock_guard lock(mutex_);
    return epoch_.number;
}

PieceQueue::Load PieceQueue::load() const {
    const std::lock_guard lock(mutex_);
    Load load{.bytes = bytes_, .log_bytes = log_bytes_};
    for (const LogItem& item : items_) {
        if (!item.piece) continue;
        load.empty = false;
        if (item.piece->committed_us == 0) continue;
        load.oldest_us = item.piece->committed_us;
        break;
    }
    return load;
}

}  // namespace transload::native

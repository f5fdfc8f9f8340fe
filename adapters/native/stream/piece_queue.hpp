#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>

#include "adapters/mysql/binlog/change.hpp"
#include "adapters/mysql/binlog/position.hpp"
#include "adapters/native/stream/signal.hpp"

namespace transload::native {

/// What the log's reader hands over: a piece; or, without one, that it has got to `after` with nothing for us on the way.
struct LogItem {
    std::optional<mysql::binlog::Piece> piece;
    mysql::binlog::Position after;  ///< behind the piece where that is the last of its transaction
    /// The session was lost: what came of an unfinished transaction comes again from its beginning.
    bool torn = false;
    [[nodiscard]] bool whole() const { return !piece || piece->last; }
};

/// Decoded changes between the thread that reads and the one that applies, bounded by their weight. Thread-safe.
class PieceQueue {
  public:
    /// `signal` is told of everything that comes; it must outlive the queue.
    PieceQueue(std::size_t most_bytes, Signal& signal) : most_bytes_(most_bytes), signal_(signal) {}

    /// Waits for room. Items of an epoch that is over are thrown away. Throws Error{cancelled} on a stop.
    void push(LogItem item, std::uint64_t epoch, const std::stop_token& stop);

    /// The first item, which stays; nullptr when there is none. Valid until pop() or restart(); for the applying thread
    /// only. A bare position may be replaced by a later one at any time: look, then take what pop() gives.
    [[nodiscard]] std::optional<LogItem> pop();
    /// Copy of what the first item says of itself, without its changes.
    struct Head {
        bool has_piece = false;
        bool whole = false;
        bool has_statement = false;
        bool torn = false;
        mysql::binlog::Stamp stamp;
        mysql::binlog::Position after;  ///< for bare positions only
    };
    [[nodiscard]] std::optional<Head> head() const;

    /// Empties it; the reader is to begin anew at `from`. Returns the new epoch.
    void restart(const mysql::binlog::Position& from);
    struct Epoch {
        std::uint64_t number = 0;
        mysql::binlog::Position from;
    };
    [[nodiscard]] Epoch epoch() const;
    [[nodiscard]] std::uint64_t epoch_number() const;

    struct Load {
        std::size_t bytes = 0;
        std::uint64_t log_bytes = 0;
        std::int64_t oldest_us = 0;  ///< commit of the first piece with a known time; 0: none
        bool empty = true;           ///< no pieces
    };
    [[nodiscard]] Load load() const;

  private:
    const std::size_t most_bytes_;
    Signal& signal_;
    mutable std::mutex mutex_;
    std::condition_variable_any room_;
    std::deque<LogItem> items_;
    std::size_t bytes_ = 0;
    std::uint64_t log_bytes_ = 0;
    Epoch epoch_;
};

}  // namespace transload::native

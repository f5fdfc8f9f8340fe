#pragma once
#include <cstdint>
#include <optional>

#include "adapters/mysql/binlog/position.hpp"
#include "adapters/mysql/connection.hpp"
#include "adapters/native/stream/window.hpp"
#include "orchestrator/job/job_id.hpp"

namespace transload::native {

/// Durable state of a stream, on the server that it writes to (tables stream_* in `_transload`). Not thread-safe.
class StreamStore {
  public:
    /// Opens a session of its own.
    StreamStore(const Endpoint& to, JobId id, StreamDirection direction, bool log_bin);

    /// Creates the tables where absent, and records where the stream begins unless that is recorded already. Idempotent.
    void begin(const mysql::binlog::Position& start);
    [[nodiscard]] bool begun();

    /// The target holds all that the log says up to here, however it came there: the stream goes on behind it. Nobody may
    /// be working on the stream.
    void move_to(const mysql::binlog::Position& position);

    struct State {
        mysql::binlog::Position applied;
        std::uint64_t row_changes = 0;
        std::uint64_t transactions = 0;
    };
    /// nullopt when it was never begun.
    [[nodiscard]] std::optional<State> load();

    /// Removes this stream; with the last one the tables, and the database if nothing else is in it. Idempotent, also when
    /// nothing of it is there.
    void forget();

  private:
    JobId id_;
    StreamDirection direction_;
    mysql::Connection connection_;
};

}  // namespace transload::native

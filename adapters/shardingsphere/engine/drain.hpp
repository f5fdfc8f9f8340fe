#pragma once
#include <memory>
#include <optional>
#include <string>

#include "adapters/mysql/connection.hpp"
#include "adapters/shardingsphere/engine/migrations.hpp"

namespace transload::shardingsphere {

/// How far the job's migrations are behind the source's log, as ZooKeeper has it. Not thread-safe.
class Progress {
  public:
    Progress(const DataJob& job, Migrations& migrations);

    /// Where the source's log stands now. Throws Error when the account may not look.
    [[nodiscard]] BinlogPosition source();

    /// The migration of this table has applied everything before `position`.
    [[nodiscard]] bool reached(const TableRecord& record, const BinlogPosition& position);

    /// Bytes of log that the migration furthest behind has before it; nullopt when it reads another file, or none yet.
    [[nodiscard]] std::optional<std::uint64_t> bytes_behind(const BinlogPosition& position);

  private:
    [[nodiscard]] std::optional<BinlogPosition> applied(const TableRecord& record);

    const DataJob& job_;
    Migrations& migrations_;
    std::unique_ptr<mysql::Connection> source_;
};

/// Waits until every migration has passed the source's position of now. Returns the proof in words.
[[nodiscard]] std::string drain(const DataJob& job, Migrations& migrations, std::chrono::milliseconds limit,
                                RunControl& control);

}  // namespace transload::shardingsphere

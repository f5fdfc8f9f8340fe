#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "adapters/mysql/connection.hpp"
#include "adapters/shardingsphere/engine/migrations.hpp"

namespace transload::shardingsphere {

/// How long a position may stay where it is while the source's log moves on.
struct StandstillLimits {
    /// A transaction of a million rows is applied for minutes, and acknowledged at its end.
    std::chrono::milliseconds any = std::chrono::minutes{15};
    /// What is read may be ahead of what is applied, so that a file may go for a moment without harm.
    std::chrono::milliseconds purged = std::chrono::minutes{1};
};

/// How far the job's migrations are behind the source's log, as ZooKeeper has it. Not thread-safe.
class Progress {
  public:
    Progress(const DataJob& job, Migrations& migrations);

    /// Where the source's log stands now. Throws Error when the account may not look.
    [[nodiscard]] BinlogPosition source();

    /// The migration of this table has applied everything before `position`.
    [[nodiscard]] bool reached(const TableRecord& record, const BinlogPosition& position);

    /// Where the migration furthest behind is; nullopt when one has no position yet, or all tables wait for the write stop.
    [[nodiscard]] std::optional<BinlogPosition> slowest();

    /// Bytes of log between; nullopt when the source has the first of them no more.
    [[nodiscard]] std::optional<std::uint64_t> bytes_behind(const BinlogPosition& applied, const BinlogPosition& source);

    /// 5.5.2 reconnects for ever, without an error, when its place in the log was purged, and stands still on events that it
    /// can't read. A table whose position stays for minutes while the source's log moves on is in trouble: sooner when the
    /// file is gone.
    void look_for_standstill(const BinlogPosition& source, StandstillLimits limits = {});

  private:
    [[nodiscard]] bool applies(const TableRecord& record);
    [[nodiscard]] std::vector<BinlogFile> files();
    [[nodiscard]] std::optional<BinlogPosition> applied(const TableRecord& record);

    const DataJob& job_;
    Migrations& migrations_;
    std::unique_ptr<mysql::Connection> source_;
};

/// How a job follows, for those who watch it: `caught_up` by the caller's judgement.
[[nodiscard]] StreamProgress stream_progress(Fleet& fleet, const std::optional<BinlogPosition>& applied,
                                             const BinlogPosition& source, std::optional<std::uint64_t> bytes, bool caught_up);

/// Waits until every migration has passed the source's position of now. Returns the proof in words.
[[nodiscard]] std::string drain(const DataJob& job, Migrations& migrations, std::chrono::milliseconds limit,
                                RunControl& control);

}  // namespace transload::shardingsphere

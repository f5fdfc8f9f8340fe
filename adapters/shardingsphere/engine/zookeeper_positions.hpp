#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/shardingsphere/engine/binlog_position.hpp"

namespace transload::shardingsphere {

/// Reads from ZooKeeper which migrations a proxy has and how far they have come: ShardingSphere writes each migration's
/// position there within a second of applying it, and nowhere else tells it. A session of its own; not thread-safe.
class ZooKeeperPositions {
  public:
    /// `servers` as "host:port[,host:port]". Connects at the first read.
    ZooKeeperPositions(std::string servers, std::string namespace_name);
    ~ZooKeeperPositions();
    ZooKeeperPositions(const ZooKeeperPositions&) = delete;
    ZooKeeperPositions& operator=(const ZooKeeperPositions&) = delete;

    /// Where the migration's changes are applied up to; nullopt while it has no position yet, or is not there.
    /// Throws Error{transient, "shardingsphere.zookeeper"} when ZooKeeper does not answer within a few seconds.
    [[nodiscard]] std::optional<BinlogPosition> applied(const std::string& migration_id);

    /// Ids of the migrations that ZooKeeper has, whatever a proxy says of them. Throws as `applied`.
    [[nodiscard]] std::vector<std::string> migrations();

    /// The migration is there: a proxy that reaches ZooKeeper works on it, or will. Throws as `applied`, so that a lost
    /// connection is never taken for an answer.
    [[nodiscard]] bool has(const std::string& migration_id);

  private:
    struct Session;
    [[nodiscard]] Session& session();
    [[noreturn]] void fail(const std::string& what);
    [[nodiscard]] std::string jobs_path() const { return "/" + namespace_ + "/pipeline/jobs"; }

    std::string servers_;
    std::string namespace_;
    std::unique_ptr<Session> session_;
};

/// The position in the text of a job item's progress (YAML); nullopt when it tells none.
[[nodiscard]] std::optional<BinlogPosition> incremental_position(const std::string& progress);

}  // namespace transload::shardingsphere

#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/migration.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/sharding_cluster.hpp"
#include "tests/support/sql.hpp"

/// Whole moves with the built program between real servers through real proxies.
namespace transload::test {

/// What the cases of one program share: two proxies, a source, a target and a second server for shards. Cases kill and
/// restart them, and stop the source's writes, so that no other program may use them.
struct World {
    World();

    ShardingCluster cluster;
    TestServer source;
    TestServer target;
    TestServer shard;
};

/// The program's world, as if new: everything runs, servers and proxies are empty, the source takes writes.
[[nodiscard]] World& fresh_world();

/// One job of the program, with folders of its own.
class Move {
  public:
    /// With the first `proxies` proxies of the world; engine shardingsphere, cutover mode `cutover`.
    Move(World& world, std::string database, unsigned proxies = 2, const std::string& cutover = "auto");

    nlohmann::json job;  ///< the job file, as the next start writes it

    /// `transload migrate JOB --json`, begun.
    [[nodiscard]] Process start() const;
    /// The same to its end.
    [[nodiscard]] ProcessResult run(std::chrono::seconds limit = std::chrono::seconds(200)) const;
    /// `transload job COMMAND` for the job in the state folder.
    [[nodiscard]] ProcessResult command(const std::string& name, std::chrono::seconds limit = std::chrono::seconds(120)) const;
    [[nodiscard]] std::string job_id() const;

    [[nodiscard]] const std::string& database() const noexcept { return database_; }
    [[nodiscard]] const TempDir& folder() const noexcept { return folder_; }

  private:
    [[nodiscard]] ProcessOptions options() const;

    World& world_;
    std::string database_;
    TempDir folder_;
};

/// What a job may have left where it should not have: `_transload` and staging tables on target and shard, migrations and
/// source units on the proxies that answer. Empty when there is nothing.
[[nodiscard]] std::vector<std::string> leftovers(World& world);

/// Rows, objects and definitions of the database on source and target, by the oracle that shares no code, and leftovers.
void check_moved(World& world, const std::string& database);

/// The report says that the job is done and how it cut over, and the source takes no writes.
void check_done(World& world, const ProcessResult& result);

[[nodiscard]] bool takes_writes(const TestServer& source);

}  // namespace transload::test

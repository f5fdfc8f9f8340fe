#pragma once
#include <map>
#include <memory>
#include <mutex>

#include "orchestrator/ports/data_engine.hpp"

namespace transload::shardingsphere {

class Fleet;

/// DataEngine by the migration jobs of ShardingSphere-Proxy 5.5.2. What it remembers lies on the target, in
/// `_transload`; what a proxy really does is read from the proxy. Between calls it keeps sessions only, and which proxies did
/// not answer. Thread-safe for different jobs.
class ShardingSphereEngine final : public DataEngine {
  public:
    ShardingSphereEngine();
    ~ShardingSphereEngine() override;
    [[nodiscard]] std::string_view name() const override { return "shardingsphere"; }
    void configure(const DataJob& job, RunControl& control) override;
    [[nodiscard]] TransferResult transfer(const DataJob& job, RunControl& control) override;
    [[nodiscard]] FollowStatus follow(const DataJob& job, RunControl& control) override;
    [[nodiscard]] std::string drain(const DataJob& job, std::chrono::milliseconds limit, RunControl& control) override;
    [[nodiscard]] std::vector<TableName> locations(const DataJob& job) override;
    void halt(const DataJob& job, RunControl& control) override;
    [[nodiscard]] std::vector<TableName> check(const DataJob& job, RunControl& control) override;
    void redo(const DataJob& job, const std::vector<TableName>& tables, std::chrono::milliseconds limit,
              RunControl& control) override;
    void give_up(const DataJob& job, const TableName& table, RunControl& control) override;
    void commit(const DataJob& job, RunControl& control) override;
    void abandon(const DataJob& job, RunControl& control) override;
    void forget(const DataJob& job, RunControl& control) override;

  private:
    [[nodiscard]] std::shared_ptr<Fleet> fleet_of(const DataJob& job);
    void dismiss(const DataJob& job);

    std::mutex mutex_;
    std::map<JobId, std::shared_ptr<Fleet>> fleets_;
};

}  // namespace transload::shardingsphere

#pragma once
#include <mutex>
#include <string>
#include <vector>

#include "adapters/shardingsphere/engine/migrations.hpp"
#include "tests/support/sharding_cluster.hpp"
#include "tests/support/sql.hpp"

namespace transload::test {

/// A RunControl that remembers events and the last view of the stream.
class EngineControl final : public RunControl {
  public:
    [[nodiscard]] std::stop_token stop_token() const override { return stop_.get_token(); }
    void event(Severity level, std::string_view step, std::string_view object, std::string_view message) override;
    void record(Severity level, std::string_view step, std::string_view object, std::string_view message) override {
        event(level, step, object, message);
    }
    void stream(const StreamProgress& progress) override;
    void progress(const TableProgress&) override {}

    /// Objects of warnings.
    [[nodiscard]] std::vector<std::string> warned() const;
    /// Every event, "object: message", a line each.
    [[nodiscard]] std::string told() const;
    [[nodiscard]] StreamProgress shown() const;

  private:
    std::stop_source stop_;
    mutable std::mutex mutex_;
    std::vector<std::string> warned_;
    std::string told_;
    StreamProgress shown_;
};

/// A database on source and target, and a job that moves it, with an id of its own. At the end its records go; what it made
/// on proxies is for the test to take away.
class EngineJob {
  public:
    explicit EngineJob(const std::vector<ProxyOptions>& proxies);
    ~EngineJob();
    EngineJob(const EngineJob&) = delete;
    EngineJob& operator=(const EngineJob&) = delete;

    JobSpec spec;

    /// A plan for a table of the database, with what the engine reads of it.
    void add_table(const std::string& name, bool sharded = false);
    [[nodiscard]] DataJob job() const { return {id_, spec, tables_, {}, {}}; }
    [[nodiscard]] const std::string& database() const { return database_.name(); }
    [[nodiscard]] const TestServer& source() const { return source_; }
    [[nodiscard]] const TestServer& target() const { return target_; }
    [[nodiscard]] const TestServer& shard() const { return shard_; }

    EngineControl control;

  private:
    const TestServer& source_;
    const TestServer& target_;
    const TestServer& shard_;
    TestDatabase database_;
    JobId id_;
    std::vector<TablePlan> tables_;
};

/// How a test server is reached by root.
[[nodiscard]] Endpoint endpoint_of(const TestServer& server);

/// Tends until all tables follow; fails the test after `limit`.
void tend_until_following(shardingsphere::Migrations& migrations, std::chrono::seconds limit = std::chrono::seconds{60});

}  // namespace transload::test

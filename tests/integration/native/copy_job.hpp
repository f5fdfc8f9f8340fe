#pragma once
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "orchestrator/ports/data_engine.hpp"
#include "tests/support/test_server.hpp"

namespace transload::test {

/// A RunControl that remembers what it is told.
class RecordingControl final : public RunControl {
  public:
    [[nodiscard]] std::stop_token stop_token() const override { return stop_.get_token(); }
    void event(Severity level, std::string_view step, std::string_view object,
               std::string_view message) override;
    void record(Severity level, std::string_view step, std::string_view object, std::string_view message) override {
        event(level, step, object, message);
    }
    void progress(const TableProgress& progress) override;

    void stop() { stop_.request_stop(); }
    /// Called for every event, from the engine's threads.
    std::function<void(const std::string&)> on_event;
    std::function<void(const TableProgress&)> on_progress;

    [[nodiscard]] std::vector<std::string> events() const;
    [[nodiscard]] bool has_event(std::string_view part) const;
    [[nodiscard]] TableProgress last_progress(const std::string& table) const;

  private:
    std::stop_source stop_;
    mutable std::mutex mutex_;
    std::vector<std::string> events_;
    std::map<std::string, TableProgress> progress_;
};

[[nodiscard]] Endpoint endpoint_of(const TestServer& server);

/// A job that copies one database to another of the same name.
[[nodiscard]] JobSpec spec_for(const Endpoint& source, const Endpoint& target, const std::string& database);

/// Creates on the target every table of the source's database as SHOW CREATE TABLE prints it, without rows.
void clone_tables(const TestServer& source, const TestServer& target, const std::string& database);

struct CopyOptions {
    std::string job = "t1";
    std::vector<DeferredIndexes> deferred;
    std::function<void(TablePlan&)> adjust;  ///< changes the catalogue's plans before they are used
};

/// Plans with MysqlCatalog and runs NativeEngine::transfer.
[[nodiscard]] TransferResult copy(const JobSpec& spec, RunControl& control, const CopyOptions& options = {});
void forget(const JobSpec& spec, const std::string& job = "t1");

}  // namespace transload::test

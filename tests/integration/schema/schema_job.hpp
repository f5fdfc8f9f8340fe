#pragma once
#include <string>
#include <vector>

#include "adapters/liquibase/schema_tool.hpp"
#include "orchestrator/plan/error.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_server.hpp"

namespace transload::test {

/// Control of a job that can be stopped, and that remembers what was said.
class Control final : public RunControl {
  public:
    [[nodiscard]] std::stop_token stop_token() const override { return stop_.get_token(); }
    void event(Severity, std::string_view, std::string_view object, std::string_view message) override {
        events.push_back(std::string(object) + ": " + std::string(message));
    }
    void record(Severity level, std::string_view step, std::string_view object, std::string_view message) override {
        event(level, step, object, message);
    }
    void progress(const TableProgress&) override {}
    void stop() { stop_.request_stop(); }
    std::vector<std::string> events;

  private:
    std::stop_source stop_;
};

/// One move of a schema between two servers, with a folder of its own.
class SchemaMove {
  public:
    SchemaMove(const TestServer& source, const TestServer& target, std::vector<DatabaseMapping> databases,
               std::string id = "job-1");

    JobSpec spec;
    std::vector<TablePlan> tables;
    Control control;
    liquibase::LiquibaseSchemaTool tool;

    [[nodiscard]] SchemaJob job();
    /// Plans and generates.
    SchemaReport generate();
    /// All of it; returns what the last comparison said.
    SchemaReport run();
    [[nodiscard]] std::filesystem::path changelog(const std::string& database) const;
    [[nodiscard]] std::string log() const { return read_file(folder_ / "job.log"); }
    [[nodiscard]] const TempDir& folder() const { return folder_; }

  private:
    TempDir folder_;
    JobId id_;
};

/// Runs a saved changelog by Liquibase alone, as a user would. Throws with its output when it fails.
void replay(const std::filesystem::path& changelog, const TestServer& server, const std::string& database);

/// Findings as text, for messages and for `CHECK(… == "")`.
[[nodiscard]] std::string text_of(const Findings& findings, Severity at_least = Severity::info);

/// Loads one of the .sql files of this folder; @DB@ becomes the database's name.
void load(const TestServer& server, const std::string& file, const std::string& database);

/// Objects that no .sql file can hold: carriage returns and control characters in their bodies.
void load_control_characters(const TestServer& server, const std::string& database);

}  // namespace transload::test

#pragma once
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/validation/validator.hpp"
#include "orchestrator/ports/run_control.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/test_server.hpp"

namespace transload::test {

/// Remembers events and progress; can be told to stop.
class RecordingControl final : public RunControl {
  public:
    [[nodiscard]] std::stop_token stop_token() const override { return stop_.get_token(); }
    void event(Severity level, std::string_view step, std::string_view object, std::string_view message) override;
    void record(Severity level, std::string_view step, std::string_view object, std::string_view message) override {
        event(level, step, object, message);
    }
    void progress(const TableProgress& progress) override;
    void stop() { stop_.request_stop(); }
    /// "object: message", in order.
    [[nodiscard]] std::vector<std::string> events() const;
    [[nodiscard]] std::vector<TableProgress> progress_seen() const;

  private:
    std::stop_source stop_;
    mutable std::mutex mutex_;
    std::vector<std::string> events_;
    std::vector<TableProgress> progress_;
};

/// One database of the same name on two servers, made by the same scripts, and validations of it.
class Sides {
  public:
    Sides(const TestServer& source, const TestServer& target);

    [[nodiscard]] const TestServer& source() const noexcept { return source_; }
    [[nodiscard]] const TestServer& target() const noexcept { return target_; }
    [[nodiscard]] const std::string& database() const noexcept { return database_.name(); }

    /// Runs a script with sql_mode '' and time zone UTC.
    void on_source(std::string_view script) const;
    void on_target(std::string_view script) const;
    void on_both(std::string_view script) const;

    JobSpec spec;  ///< endpoints, one database, few workers, quick retries; level and more as a test sets them
    /// Rows of a chunk that plans() asks for by claiming rows of that size; 0 leaves the plans alone.
    std::uint64_t rows_per_chunk = 0;

    [[nodiscard]] std::vector<TablePlan> plans() const;
    [[nodiscard]] ValidationOutcome validate(ValidationLevel level, bool repair = false) const;
    [[nodiscard]] ValidationOutcome validate(ValidationLevel level, bool repair, RunControl& control) const;

  private:
    const TestServer& source_;
    const TestServer& target_;
    TestDatabase database_;
};

/// "kind table key column" of each detail, sorted; the table without its database.
[[nodiscard]] std::vector<std::string> named(const ValidationOutcome& outcome);

/// All tables equal, nothing found; says what was found otherwise.
[[nodiscard]] bool clean(const ValidationOutcome& outcome);

}  // namespace transload::test

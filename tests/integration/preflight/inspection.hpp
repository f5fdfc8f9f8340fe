#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/plan/finding.hpp"
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/plan/table_plan.hpp"
#include "orchestrator/ports/run_control.hpp"
#include "tests/support/test_server.hpp"

namespace transload::test {

/// A job that nobody stops and nobody watches.
class QuietControl final : public RunControl {
  public:
    [[nodiscard]] std::stop_token stop_token() const override { return {}; }
    void event(Severity, std::string_view, std::string_view, std::string_view) override {}
    void record(Severity level, std::string_view step, std::string_view object, std::string_view message) override {
        event(level, step, object, message);
    }
    void progress(const TableProgress&) override {}
};

[[nodiscard]] Endpoint endpoint_of(const TestServer& server, const std::string& user = "root",
                                   const std::string& password = "");

/// A job that moves `database` under its own name; as root on both sides.
[[nodiscard]] JobSpec job_of(const TestServer& source, const TestServer& target, const std::string& database,
                             const std::string& target_database = "");

/// What the catalogue plans.
[[nodiscard]] std::vector<TablePlan> plan_of(const JobSpec& spec);

/// What preflight finds, with the catalogue's plans.
[[nodiscard]] Findings inspect(const JobSpec& spec);

/// The first finding of that id and, when given, object; nullptr when there is none.
[[nodiscard]] const Finding* find(const Findings& findings, std::string_view id,
                                  std::string_view object = {});
[[nodiscard]] inline bool has(const Findings& findings, std::string_view id, std::string_view object = {}) {
    return find(findings, id, object) != nullptr;
}

/// "severity id [object] message", a line each; for CAPTURE and CHECK.
[[nodiscard]] std::string describe(const Findings& findings);
/// The ids of all errors, each once, in order.
[[nodiscard]] std::vector<std::string> errors(const Findings& findings);

}  // namespace transload::test

#pragma once
#include "orchestrator/ports/run_control.hpp"

namespace transload {

/// The job's control, deaf to the stop that was asked for: for what must be gone through with once it is begun, and for
/// what makes a stopped job safe.
class UnstoppedControl final : public RunControl {
  public:
    explicit UnstoppedControl(RunControl& control) : control_(control) {}
    [[nodiscard]] std::stop_token stop_token() const override { return {}; }
    void event(Severity level, std::string_view step, std::string_view object, std::string_view message) override {
        control_.event(level, step, object, message);
    }
    void record(Severity level, std::string_view step, std::string_view object, std::string_view message) override {
        control_.record(level, step, object, message);
    }
    [[nodiscard]] bool cutover_requested() const override { return control_.cutover_requested(); }
    void clear_cutover_request() override { control_.clear_cutover_request(); }
    [[nodiscard]] std::optional<Limits> limits() const override { return control_.limits(); }
    void progress(const TableProgress& progress) override { control_.progress(progress); }
    void stream(const StreamProgress& progress) override { control_.stream(progress); }

  private:
    RunControl& control_;
};

}  // namespace transload

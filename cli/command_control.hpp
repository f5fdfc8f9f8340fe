#pragma once
#include <stop_token>
#include <utility>

#include "cli/progress_view.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload::cli {

/// RunControl of commands that run without a job: events and progress are shown and not stored.
class CommandControl final : public RunControl {
  public:
    CommandControl(ProgressView& view, JobState state, std::stop_token stop)
        : view_(view), state_(state), stop_(std::move(stop)) {}

    [[nodiscard]] std::stop_token stop_token() const override { return stop_; }
    void event(Severity level, std::string_view step, std::string_view object, std::string_view message) override;
    /// There is no job that could be stored: like event.
    void record(Severity level, std::string_view step, std::string_view object, std::string_view message) override {
        event(level, step, object, message);
    }
    void progress(const TableProgress& progress) override;

  private:
    ProgressView& view_;
    JobState state_;
    std::stop_token stop_;
};

}  // namespace transload::cli

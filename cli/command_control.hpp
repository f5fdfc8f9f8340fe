#pragma once
#include <stop_token>

#include "cli/progress_view.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload::cli {

/// RunControl of commands that run without a job: events and progress are shown and not stored.
class CommandControl final : public RunControl {
  public:
    CommandControl(ProgressView& view, JobState state) : view_(view), state_(state) {}

    [[nodiscard]] std::stop_token stop_token() const override { return stop_.get_token(); }
    void event(Severity level, std::string_view step, std::string_view object, std::string_view message) override;
    /// There is no job that could be stored: like event.
    void record(Severity level, std::string_view step, std::string_view object, std::string_view message) override {
        event(level, step, object, message);
    }
    void progress(const TableProgress& progress) override;

    void request_stop() { stop_.request_stop(); }

  private:
    ProgressView& view_;
    JobState state_;
    std::stop_source stop_;
};

}  // namespace transload::cli

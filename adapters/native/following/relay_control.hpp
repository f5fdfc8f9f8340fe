#pragma once
#include <deque>
#include <mutex>
#include <stop_token>
#include <string>

#include "orchestrator/ports/run_control.hpp"

namespace transload::native {

/// The control of a stream that outlives the step that began it: events wait here until a step of the job takes them
/// along. Thread-safe.
class RelayControl final : public RunControl {
  public:
    [[nodiscard]] std::stop_token stop_token() const override { return stop_.get_token(); }
    void event(Severity level, std::string_view step, std::string_view object, std::string_view message) override;
    /// A stream has no step whose report it may change; throws std::logic_error.
    void record(Severity level, std::string_view step, std::string_view object, std::string_view message) override;
    void progress(const TableProgress&) override {}

    void request_stop() { stop_.request_stop(); }
    /// Gives what has waited to the step that is running now. What it does not take, and throws, waits on.
    void deliver(RunControl& control);

  private:
    struct Waiting {
        Severity level;
        std::string step, object, message;
    };
    std::stop_source stop_;
    std::mutex delivering_;  ///< one at a time, so that events keep their order
    std::mutex mutex_;
    std::deque<Waiting> waiting_;
    std::uint64_t dropped_ = 0;
};

}  // namespace transload::native

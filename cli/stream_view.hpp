#pragma once
#include <chrono>
#include <deque>
#include <optional>
#include <string>

#include "orchestrator/job/event.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload::cli {

/// How a job follows, in a line or two. Belongs to one thread at a time.
class StreamView {
  public:
    using Clock = std::chrono::steady_clock;

    /// `mode`: how the job cuts over; `where`: what commands on it need beside its id (" --state-dir …").
    void set_hints(CutoverMode mode, std::string where);
    void update(const JobId& job, const StreamProgress& progress, Clock::time_point now);
    void clear() { progress_.reset(); }

    [[nodiscard]] bool follows() const { return progress_ && !progress_->phase.empty(); }
    [[nodiscard]] const std::string& phase() const { return progress_->phase; }

    /// "following     lag 12 ms  2.0k/s  backlog 0 B  ▁▂▃▅█": the rate of the last minute at its end.
    [[nodiscard]] std::string line(Clock::time_point now) const;
    /// The same without the picture, in full words.
    [[nodiscard]] std::string plain() const;
    /// What the user may do now; empty when there is nothing.
    [[nodiscard]] std::string hint(JobState state) const;

  private:
    [[nodiscard]] std::string rates(Clock::time_point now) const;

    struct Sample {
        Clock::time_point at;
        double rate = 0;
    };

    CutoverMode mode_ = CutoverMode::none;
    std::string where_;
    std::string job_;
    std::optional<StreamProgress> progress_;
    std::deque<Sample> samples_;  ///< of the last minute
};

}  // namespace transload::cli

#pragma once
#include <chrono>
#include <iosfwd>
#include <memory>
#include <string_view>

#include "adapters/logging/log_line.hpp"
#include "orchestrator/ports/event_sink.hpp"

namespace transload::logging {

struct LogOptions {
    LogFormat format = LogFormat::text;
    /// A table that is worked on is logged this often; a change of its phase at once. 0 = every call.
    std::chrono::milliseconds progress_interval{10'000};
};

/// Writes every event, and progress now and then, as one line each (see log_line.hpp), on a thread of its own: a reader that
/// does not read never holds a job up. Thread-safe, never throws.
class LogSink final : public EventSink {
  public:
    /// To standard output, line by line.
    explicit LogSink(const LogOptions& options);
    /// To a stream that must outlive the sink, and belongs to it until drain or the sink's end.
    LogSink(const LogOptions& options, std::ostream& stream);
    /// Waits until all is written, see drain.
    ~LogSink() override;

    void on_event(const Event& event) override;
    void on_progress(const JobId& job, const TableProgress& progress) override;

    /// A line about the program itself ("listening on …").
    void note(Severity level, std::string_view message);

    /// Waits until every line is written; false when nobody took one for two seconds.
    bool drain();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace transload::logging

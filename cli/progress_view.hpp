#pragma once
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapters/logging/output_queue.hpp"
#include "cli/stream_view.hpp"
#include "orchestrator/ports/event_sink.hpp"

namespace transload::cli {

enum class ProgressStyle {
    none,   ///< --quiet: warnings and errors only
    plain,  ///< a line per event, and every few seconds one of the sum
    live,   ///< a terminal: events scroll, below them where the job stands, a line per table that is being worked on, and
            ///< how it follows
};

/// Shows a job on stderr, on threads of its own: a terminal that was stopped or a pipe that nobody reads never holds up whoever
/// tells it something. Thread-safe.
class ProgressView final : public EventSink {
  public:
    explicit ProgressView(ProgressStyle style, int descriptor = STDERR_FILENO);
    ~ProgressView() override;

    void on_event(const Event& event) override;
    void on_progress(const JobId& job, const TableProgress& progress) override;

    void on_stream(const JobId& job, const StreamProgress& progress) override;

    /// How the job cuts over, and what commands on it need beside its id: for the hints while it follows.
    void set_hints(CutoverMode mode, const std::string& where);

    /// Shows text of the program itself between the events, whatever the style.
    void say(const std::string& text);

    /// Takes the live lines away and waits until all is written; not for ever when nobody reads it. Nothing is shown afterwards.
    void close();

    /// The style that fits stderr.
    [[nodiscard]] static ProgressStyle detect(bool quiet);

  private:
    struct Shown {
        TableProgress progress;
        std::chrono::steady_clock::time_point phase_began;
        std::uint64_t rows_at_begin = 0;
    };

    void refresh_loop();
    // All of these require mutex_, and write nothing: they give text to the queue.
    void show(const std::string& text);  ///< in the place of the live lines
    void draw();
    void plain_summary();
    [[nodiscard]] std::string erased();  ///< what takes the live lines away
    [[nodiscard]] std::string phase_line() const;
    [[nodiscard]] std::string table_line(const Shown& shown, std::size_t width) const;

    const ProgressStyle style_;
    logging::OutputQueue output_;
    std::mutex mutex_;
    std::condition_variable wakeup_;
    std::map<std::string, Shown> tables_;
    StreamView stream_;
    JobState state_ = JobState::draft;
    std::size_t drawn_lines_ = 0;
    bool changed_ = false;
    bool closed_ = false;
    std::chrono::steady_clock::time_point last_plain_;
    std::thread thread_;
};

}  // namespace transload::cli

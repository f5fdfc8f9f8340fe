#pragma once
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "cli/stream_view.hpp"
#include "orchestrator/ports/event_sink.hpp"

namespace transload::cli {

enum class ProgressStyle {
    none,   ///< --quiet: warnings and errors only
    plain,  ///< a line per event, and every few seconds one of the sum
    live,   ///< a terminal: events scroll, below them where the job stands, a line per table that is being worked on, and
            ///< how it follows
};

/// Shows a job on stderr. Thread-safe.
class ProgressView final : public EventSink {
  public:
    explicit ProgressView(ProgressStyle style);
    ~ProgressView() override;

    void on_event(const Event& event) override;
    void on_progress(const JobId& job, const TableProgress& progress) override;

    void on_stream(const JobId& job, const StreamProgress& progress) override;

    /// How the job cuts over, and what commands on it need beside its id: for the hints while it follows.
    void set_hints(CutoverMode mode, const std::string& where);

    /// Takes the live lines away; nothing is shown afterwards.
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
    void draw();          // requires mutex_
    void erase();         // requires mutex_
    void plain_summary();  // requires mutex_
    [[nodiscard]] std::string phase_line() const;
    [[nodiscard]] std::string table_line(const Shown& shown, std::size_t width) const;

    const ProgressStyle style_;
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

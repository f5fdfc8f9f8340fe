#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "orchestrator/service/job_commands.hpp"

namespace transload::http {

/// How many streams there are at once. Thread-safe.
class StreamSlots {
  public:
    explicit StreamSlots(std::size_t most) : free_(most) {}
    /// A slot, free again when the last copy is gone; null when there is none left.
    [[nodiscard]] std::shared_ptr<void> take();

  private:
    std::atomic<std::size_t> free_;
};

/// What happens to a job as Server-Sent Events (docs/http-api.md). Durable events are read from the store by their number,
/// so that a reader may be as slow as it likes and miss none. Belongs to one thread.
class EventStream {
  public:
    using Write = std::function<bool(const std::string& text)>;
    using Alive = std::function<bool()>;

    /// Begins behind the event `after`. `jobs` must outlive the stream.
    EventStream(const JobCommands& jobs, JobId id, std::uint64_t after);

    /// Writes until the job is at its end and all its events are written, `write` fails or `alive` is false. `alive` is
    /// asked before every write and several times a second. Throws what the jobs throw.
    void run(const Write& write, const Alive& alive);

  private:
    using Clock = std::chrono::steady_clock;

    /// All events that there are. False when nothing can be written any more.
    bool write_events();
    bool write_state(JobState state);
    bool write_progress();
    bool put(const std::string& text);

    const JobCommands& jobs_;
    const JobId id_;
    std::uint64_t after_;
    std::optional<JobState> told_;
    std::map<std::string, std::string> tables_;  ///< progress as it was told
    std::string stream_;
    const Write* write_ = nullptr;
    const Alive* alive_ = nullptr;
    Clock::time_point last_written_;
};

}  // namespace transload::http

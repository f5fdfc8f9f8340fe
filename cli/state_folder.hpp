#pragma once
#include <filesystem>
#include <memory>

#include "orchestrator/plan/finding.hpp"
#include "orchestrator/ports/job_store.hpp"

namespace transload::cli {

/// A state folder that this process owns: the lock, the key, the store. Made when absent (mode 0700).
class StateFolder {
  public:
    /// Throws Error when another orchestrator holds the lock, or the folder can't be used.
    explicit StateFolder(const std::filesystem::path& folder);
    ~StateFolder();
    StateFolder(const StateFolder&) = delete;
    StateFolder& operator=(const StateFolder&) = delete;

    [[nodiscard]] JobStore& store();
    [[nodiscard]] bool healthy() const;     ///< the store can be read and written
    [[nodiscard]] Findings findings() const;  ///< what was found wrong, and mended, when it was opened
    [[nodiscard]] std::filesystem::path log_dir() const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Throws Error{usage, "state.absent"} when no jobs are kept in the folder.
void require_jobs_in(const std::filesystem::path& folder);

/// A state folder to look into, whoever owns it. Makes nothing.
class StateReader {
  public:
    /// Throws Error{usage, "state.absent"}.
    explicit StateReader(const std::filesystem::path& folder);
    ~StateReader();
    StateReader(StateReader&&) noexcept;

    [[nodiscard]] const JobStore& store() const;
    /// Throws Error{usage, "job.unknown"}.
    [[nodiscard]] Job job(const JobId& id) const;
    /// Leaves the request for a manual cutover to the orchestrator that has the folder.
    void ask_cutover(const JobId& id);
    /// Leaves it a command, or other limits.
    void ask_command(const JobId& id, Trigger command);
    void ask_limits(const JobId& id, const Limits& limits);

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace transload::cli

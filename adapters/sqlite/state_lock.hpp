#pragma once
#include <filesystem>

namespace transload::sqlite {

/// Sees to it that one orchestrator at a time works with a state folder. Holds flock on `<state_dir>/lock`,
/// which the kernel gives back when the process ends, however it ends. Children do not inherit it.
class StateLock {
  public:
    /// Makes the folder when absent. Throws Error{refused, "store.locked"} that names the lock file and the
    /// process that holds it, Error{failed, "store.unavailable"} when the file can't be made.
    explicit StateLock(const std::filesystem::path& state_dir);
    ~StateLock();
    StateLock(const StateLock&) = delete;
    StateLock& operator=(const StateLock&) = delete;

    [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }

  private:
    std::filesystem::path file_;
    int fd_ = -1;
};

}  // namespace transload::sqlite

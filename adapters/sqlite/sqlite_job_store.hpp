#pragma once
#include <filesystem>
#include <memory>

#include "orchestrator/ports/job_store.hpp"
#include "orchestrator/ports/secrets.hpp"

namespace transload::sqlite {

/// Jobs and events in `<state_dir>/transload.db` (docs/store-format.md). One connection under a mutex: the
/// store is written a few times a second at most. Several processes may have it open; the state lock sees to
/// it that only one of them runs jobs.
/// Throws Error "store.…" (see store_error.hpp) from every call; "store.unknown_job" for a job that is not
/// there.
class SqliteJobStore final : public JobStore {
  public:
    /// Makes the folder (mode 0700) and the file when absent. `secrets` must outlive the store.
    SqliteJobStore(const std::filesystem::path& state_dir, const Secrets& secrets);
    ~SqliteJobStore() override;

    void create(const Job& job) override;
    [[nodiscard]] std::optional<Job> load(const JobId& id) const override;
    [[nodiscard]] std::vector<Job> list() const override;
    Event commit(const Job& job, Event event) override;
    Event append(Event event) override;
    void ask_cutover(const JobId& id) override;
    [[nodiscard]] bool cutover_asked(const JobId& id) const override;
    void ask_command(const JobId& id, Trigger command) override;
    void ask_limits(const JobId& id, const Limits& limits) override;
    [[nodiscard]] JobRequests requests(const JobId& id) const override;
    void answered(const JobId& id, const JobRequests& seen) override;
    [[nodiscard]] std::vector<Event> events(const JobId& id, std::uint64_t after,
                                            std::size_t limit) const override;

    /// True when the store can be read and written within a second; for health checks. Never throws.
    [[nodiscard]] bool healthy() const noexcept;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Makes a state folder (0700) with its parents. Throws Error "store.unavailable".
void make_state_dir(const std::filesystem::path& state_dir);

}  // namespace transload::sqlite

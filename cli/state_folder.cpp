#include "cli/state_folder.hpp"

#include "adapters/secrets/sealed_secrets.hpp"
#include "adapters/sqlite/sqlite_job_store.hpp"
#include "adapters/sqlite/state_lock.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::cli {

struct StateFolder::Parts {
    explicit Parts(const std::filesystem::path& folder)
        : lock(folder), secrets(folder), store(folder, secrets), logs(folder / "logs") {
        std::filesystem::create_directories(logs);
    }
    sqlite::StateLock lock;
    secrets::SealedSecrets secrets;
    sqlite::SqliteJobStore store;
    std::filesystem::path logs;
};

StateFolder::StateFolder(const std::filesystem::path& folder)
    : parts_(std::make_unique<Parts>(std::filesystem::absolute(folder))) {}
StateFolder::~StateFolder() = default;

JobStore& StateFolder::store() { return parts_->store; }
bool StateFolder::healthy() const { return parts_->store.healthy(); }
Findings StateFolder::findings() const { return parts_->secrets.findings(); }
std::filesystem::path StateFolder::log_dir() const { return parts_->logs; }

void require_jobs_in(const std::filesystem::path& folder) {
    if (!std::filesystem::exists(folder / "transload.db"))
        throw Error(ErrorKind::usage, "state.absent", folder.string(), "there are no jobs in this folder",
                    "name the state folder with --state-dir, or a server with --server");
}

struct StateReader::Parts {
    explicit Parts(const std::filesystem::path& folder) : secrets(folder), store(folder, secrets) {}
    secrets::SealedSecrets secrets;
    sqlite::SqliteJobStore store;
};

StateReader::StateReader(const std::filesystem::path& folder) {
    require_jobs_in(folder);
    parts_ = std::make_unique<Parts>(std::filesystem::absolute(folder));
}
StateReader::~StateReader() = default;
StateReader::StateReader(StateReader&&) noexcept = default;

const JobStore& StateReader::store() const { return parts_->store; }

void StateReader::ask_cutover(const JobId& id) { parts_->store.ask_cutover(id); }

void StateReader::ask_command(const JobId& id, Trigger command) { parts_->store.ask_command(id, command); }

void StateReader::ask_limits(const JobId& id, const Limits& limits) { parts_->store.ask_limits(id, limits); }

Job StateReader::job(const JobId& id) const {
    std::optional<Job> job = id.valid() ? parts_->store.load(id) : std::nullopt;
    if (!job)
        throw Error(ErrorKind::usage, "job.unknown", id.str(), "there is no job " + id.str(),
                    "list the jobs with 'transload job list'");
    return std::move(*job);
}

}  // namespace transload::cli

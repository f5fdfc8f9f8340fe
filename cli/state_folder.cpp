#include "cli/state_folder.hpp"

#include "adapters/secrets/sealed_secrets.hpp"
#include "adapters/sqlite/sqlite_job_store.hpp"
#include "adapters/sqlite/state_lock.hpp"

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

}  // namespace transload::cli

#include "adapters/mysql/validation/statement_stop.hpp"

#include <chrono>
#include <vector>

namespace transload::mysql::validation {

StatementStop::StatementStop(std::stop_token stop) : stop_(std::move(stop)), thread_([this] { run(); }) {}

StatementStop::~StatementStop() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void StatementStop::run() {
    using namespace std::chrono_literals;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop_, [this] { return ending_; });
    while (!ending_) {
        // Endpoints are copied: the entry may go while the KILL is under way.
        std::vector<std::pair<Endpoint, std::uint64_t>> running;
        for (const auto& [endpoint, id] : sessions_) running.emplace_back(*endpoint, id);
        lock.unlock();
        for (const auto& [endpoint, id] : running) kill_query(endpoint, id);
        lock.lock();
        changed_.wait_for(lock, 200ms, [this] { return ending_; });
    }
}

StatementStop::Watch::Watch(StatementStop& owner, const Connection& connection) : owner_(owner) {
    const std::lock_guard lock(owner_.mutex_);
    owner_.sessions_.emplace_front(&connection.endpoint(), connection.thread_id());
    entry_ = owner_.sessions_.begin();
}

StatementStop::Watch::~Watch() {
    const std::lock_guard lock(owner_.mutex_);
    owner_.sessions_.erase(entry_);
}

}  // namespace transload::mysql::validation

#include "adapters/mysql/interrupter.hpp"

#include <utility>
#include <vector>

namespace transload::mysql {

Interrupter::Interrupter(std::stop_token stop)
    : stop_(std::move(stop)), thread_([this](const std::stop_token& ended) { run(ended); }) {}

Interrupter::~Interrupter() = default;

void Interrupter::run(const std::stop_token& ended) {
    std::stop_callback wake(stop_, [this] {
        { const std::lock_guard lock(mutex_); }
        changed_.notify_all();
    });
    std::unique_lock lock(mutex_);
    changed_.wait(lock, ended, [&] { return stop_.stop_requested(); });
    const auto begun = std::chrono::steady_clock::now();
    while (!ended.stop_requested()) {
        std::vector<Session> victims;
        for (const auto& [ticket, session] : sessions_) victims.push_back(session);
        lock.unlock();
        for (const Session& victim : victims) {
            if (ended.stop_requested()) return;
            if (std::chrono::steady_clock::now() - begun > patience)
                victim.hold->cut();
            else
                kill_query(victim.endpoint, victim.thread_id);
        }
        lock.lock();
        // A statement may have begun just after the shot; and one shot may hit between two statements.
        changed_.wait_for(lock, ended, std::chrono::milliseconds(300), [] { return false; });
    }
}

Interrupter::Watch::Watch(Interrupter& owner, Connection& connection) : owner_(owner) {
    Session session{connection.endpoint(), connection.thread_id(), std::make_shared<ConnectionHold>(connection.handle())};
    const std::lock_guard lock(owner_.mutex_);
    ticket_ = owner_.next_ticket_++;
    owner_.sessions_.emplace(ticket_, std::move(session));
}

Interrupter::Watch::~Watch() {
    const std::lock_guard lock(owner_.mutex_);
    owner_.sessions_.erase(ticket_);
}

}  // namespace transload::mysql

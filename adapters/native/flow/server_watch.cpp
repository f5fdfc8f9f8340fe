#include "adapters/native/flow/server_watch.hpp"

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <utility>

namespace transload::native {

ServerWatch::ServerWatch(const Endpoint& server, std::chrono::milliseconds every, std::function<void(mysql::Connection&)> look,
                         std::function<void(const std::string&)> refused)
    : server_(server),
      every_(every),
      look_(std::move(look)),
      refused_(std::move(refused)),
      thread_([this](const std::stop_token& ended) { run(ended); }) {}

void ServerWatch::run(const std::stop_token& ended) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    std::unique_ptr<mysql::Connection> session;
    std::string refusal;
    while (!ended.stop_requested()) {
        try {
            if (!session)
                session = std::make_unique<mysql::Connection>(
                    server_, mysql::ConnectOptions{.read_timeout = std::chrono::seconds(10)});
            look_(*session);
        } catch (const mysql::ServerError& error) {
            session.reset();
            if (!error.connection_lost() && error.kind() != ErrorKind::transient) {
                refusal = error.message();
                break;
            }
        } catch (const std::exception&) {
            session.reset();  // what the watch is for goes on by itself
        }
        wake.wait_for(lock, ended, every_, [] { return false; });
    }
    try {
        if (refused_ && !refusal.empty()) refused_(refusal);
    } catch (const std::exception&) {
        // Nobody can be told.
    }
}

}  // namespace transload::native

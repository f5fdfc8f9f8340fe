#include "adapters/native/flow/server_watch.hpp"

#include <condition_variable>
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
    while (!ended.stop_requested()) {
        try {
            if (!session)
                session = std::make_unique<mysql::Connection>(
                    server_, mysql::ConnectOptions{.read_timeout = std::chrono::seconds(10)});
            look_(*session);
        } catch (const mysql::ServerError& error) {
            session.reset();
            if (!error.connection_lost() && error.kind() != ErrorKind::transient) {
                if (refused_) refused_(error.message());
                return;
            }
        } catch (const Error&) {
            session.reset();
        }
        wake.wait_for(lock, ended, every_, [] { return false; });
    }
}

}  // namespace transload::native

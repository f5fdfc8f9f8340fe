#include "adapters/http/server.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <chrono>
#include <mutex>
#include <thread>

#include "adapters/http/guard.hpp"
#include "adapters/http/metrics.hpp"
#include "adapters/http/routes.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::http {
namespace {

ServerOptions checked(ServerOptions options) {
    if (options.host.size() > 2 && options.host.front() == '[' && options.host.back() == ']')
        options.host = options.host.substr(1, options.host.size() - 2);
    if (options.token.empty() && !options.allow_unauthenticated && !is_loopback(options.host))
        throw Error(
            ErrorKind::usage, "http.token_required", "server.token_file",
            fmt::format("server.token_file: a server that listens on {} has to ask for a token",
                        options.host),
            "Write a long random word into a file and name it in server.token_file, or listen on 127.0.0.1. Where "
            "something else keeps strangers away, server.allow_unauthenticated: true lets it start.");
    if (::sodium_init() < 0)
        throw Error(ErrorKind::failed, "http.crypto", "", "libsodium can't be initialised", "");
    return options;
}

}  // namespace

struct Server::Impl {
    Impl(ServerOptions options_, JobCommands& jobs, ServerHooks hooks)
        : options(checked(std::move(options_))),
          metrics(options.version),
          guard(options.token),
          routes(jobs, std::move(hooks), metrics, guard, options.version, options.limits),
          server(options.limits, options.tls_cert, options.tls_key) {
        routes.add_to(server);
        port = server.bind(options.host, options.port);
    }

    ServerOptions options;
    Metrics metrics;
    Guard guard;
    Routes routes;
    BoundedServer server;
    int port = 0;
    std::mutex mutex;
    bool stop_asked = false;
    bool running = false;
    bool finished = false;
};

Server::Server(ServerOptions options, JobCommands& jobs, ServerHooks hooks)
    : impl_(std::make_unique<Impl>(std::move(options), jobs, std::move(hooks))) {}

Server::~Server() {
    stop();
}

std::uint16_t Server::port() const noexcept {
    return static_cast<std::uint16_t>(impl_->port);
}

std::string Server::address() const {
    const std::string& host = impl_->options.host;
    const bool six = host.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", impl_->options.tls_cert.empty() ? "http" : "https", six ? "[" : "",
                       host, six ? "]" : "", impl_->port);
}

void Server::run() {
    {
        const std::lock_guard lock(impl_->mutex);
        if (impl_->stop_asked) return;
        impl_->running = true;
    }
    impl_->server.listen_after_bind();
    const std::lock_guard lock(impl_->mutex);
    impl_->finished = true;
}

void Server::stop() {
    {
        const std::lock_guard lock(impl_->mutex);
        if (impl_->stop_asked) return;
        impl_->stop_asked = true;
        if (!impl_->running || impl_->finished) return;
    }
    impl_->server.hurry();
    // The library ignores a stop before it listens, and must not be stopped twice.
    while (!impl_->server.is_running()) {
        const std::lock_guard lock(impl_->mutex);
        if (impl_->finished) return;
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    impl_->server.stop();
}

}  // namespace transload::http

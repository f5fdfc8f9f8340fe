#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/http/bounded_server.hpp"
#include "orchestrator/plan/secret.hpp"
#include "orchestrator/service/job_commands.hpp"

namespace transload::http {

struct ServerOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;  ///< 0 = any free port
    Secret token;               ///< bearer token; may be empty on a loopback address only, but for the next member
    bool allow_unauthenticated = false;  ///< no token on any address: its network, or a published port, keeps strangers away
    std::string tls_cert;       ///< PEM files; both or none
    std::string tls_key;
    std::string version;  ///< of the program, for /health and /metrics
    ConnectionLimits limits;
};

/// What the server needs besides the jobs. They are called from several threads at once.
struct ServerHooks {
    /// The job that a request's body asks for. Throws Error (usage) with the path of what is wrong as object.
    std::function<JobSpec(std::string_view body)> parse_job;
    /// True while the store can be read and written. Must not throw.
    std::function<bool()> store_healthy;
    /// `current` with the changes that a request's body asks for. Throws Error (usage) with the path of what is wrong.
    std::function<Limits(std::string_view body, const Limits& current)> parse_limits;
};

/// The API of docs/http-api.md. Binds in the constructor, serves in run().
class Server {
  public:
    /// `jobs` must outlive the server. Throws Error{usage, "http.token_required"} for an address that is not
    /// loopback without a token (unless allow_unauthenticated), "http.tls", "http.bind".
    Server(ServerOptions options, JobCommands& jobs, ServerHooks hooks);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept;
    /// "http://127.0.0.1:8080"
    [[nodiscard]] std::string address() const;

    /// Serves until stop(). Returns when all connections are closed. Call it once.
    void run();
    /// Makes run() return soon, also when it has not begun yet. From any thread, any number of times; not
    /// from a signal handler.
    void stop();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace transload::http

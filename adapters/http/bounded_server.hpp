#pragma once
#include <httplib.h>
#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <functional>
#include <string>

namespace transload::http {

class BoundedQueue;

/// What the server grants its clients together.
struct ConnectionLimits {
    std::size_t threads = 16;
    std::size_t queued = 64;                    ///< connections that wait for a thread
    std::chrono::milliseconds request{15'000};  ///< from the first byte expected to the last byte sent
    std::size_t body_bytes = 1 << 20;
    std::size_t streams = 32;                   ///< connections that stay open for events, beside the others
    std::chrono::milliseconds stall{60'000};    ///< a reader of events that takes nothing for so long is let go
    std::size_t head_bytes = 64 << 10;          ///< request line and headers
};

/// httplib's server with a deadline per connection, one request per connection, a bound on what is read and a bounded queue.
/// The library's own timeouts are per byte, its queue is endless, it keeps a header line of any length, and a body that was
/// refused unread would be taken for the next request of a kept-alive connection. Answers are always whole: `Range` is ignored.
class BoundedServer final : public httplib::Server {
  public:
    /// TLS when certificate and key are given (PEM files). Throws Error "http.tls".
    BoundedServer(const ConnectionLimits& limits, const std::string& tls_cert, const std::string& tls_key);
    ~BoundedServer() override;

    /// Binds; port 0 takes a free one. Returns the port. Throws Error "http.bind".
    int bind(const std::string& host, int port);

    /// For the handler of a request, in its thread: runs an act that may take as long as it likes, e.g. writes now and
    /// then until a job has ended. Another thread serves requests meanwhile. `alive` is true until the server stops or
    /// the client is gone; each write has ConnectionLimits::stall to get on.
    void run_long(const std::function<void(const std::function<bool()>& alive)>& act);

    /// The request that the calling thread serves, or could not even read, has a longer head than it may have.
    [[nodiscard]] static bool is_head_too_large();

    /// Ends waits of all connections, so that listen_after_bind() can return soon after stop().
    void hurry() { stopping_ = true; }

  private:
    bool process_and_close_socket(socket_t socket) override;

    struct FreeContext {
        void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
    };

    ConnectionLimits limits_;
    std::unique_ptr<SSL_CTX, FreeContext> context_;
    std::atomic<bool> stopping_ = false;
    std::atomic<BoundedQueue*> queue_ = nullptr;  ///< made by the library when it begins to listen, and deleted by it
};

}  // namespace transload::http

#pragma once
#include <httplib.h>
#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

namespace transload::http {

/// What the server grants its clients together.
struct ConnectionLimits {
    std::size_t threads = 16;
    std::size_t queued = 64;                    ///< connections that wait for a thread
    std::chrono::milliseconds request{15'000};  ///< from the first byte expected to the last byte sent
    std::size_t body_bytes = 1 << 20;
};

/// httplib's server with a deadline per connection, one request per connection and a bounded queue. The
/// library's own timeouts are per byte, its queue is endless, and a body that was refused unread would be
/// taken for the next request of a kept-alive connection.
class BoundedServer final : public httplib::Server {
  public:
    /// TLS when certificate and key are given (PEM files). Throws Error "http.tls".
    BoundedServer(const ConnectionLimits& limits, const std::string& tls_cert, const std::string& tls_key);
    ~BoundedServer() override;

    /// Binds; port 0 takes a free one. Returns the port. Throws Error "http.bind".
    int bind(const std::string& host, int port);

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
};

}  // namespace transload::http

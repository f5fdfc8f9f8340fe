#pragma once
#include <httplib.h>
#include <openssl/ssl.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string>

namespace transload::http {

/// One accepted connection, plain or TLS, under one deadline for all that is done with it: a client that
/// sends or takes a byte now and then can't hold a thread for longer. Closes the socket in the end.
class ConnectionStream final : public httplib::Stream {
  public:
    using Clock = std::chrono::steady_clock;

    /// `context` is null for plain HTTP. `stopping` makes every wait end; it must outlive the stream.
    ConnectionStream(socket_t socket, SSL_CTX* context, Clock::time_point deadline,
                     const std::atomic<bool>& stopping);
    ~ConnectionStream() override;
    ConnectionStream(const ConnectionStream&) = delete;
    ConnectionStream& operator=(const ConnectionStream&) = delete;

    /// TLS handshake; true at once for plain HTTP.
    [[nodiscard]] bool handshake();

    /// The stream that the calling thread serves; nullptr when it serves none.
    [[nodiscard]] static ConnectionStream* of_this_thread() noexcept;

    void set_deadline(Clock::time_point deadline) { deadline_ = deadline; }
    /// How many bytes may still be read; then reading fails. The library collects a line until it ends, however long it is.
    void set_allowance(std::size_t bytes) { allowance_ = bytes; }
    /// Reading failed because of that.
    [[nodiscard]] bool is_exhausted() const { return exhausted_; }
    /// The other side sends no more: programs do that when they go.
    [[nodiscard]] bool is_closed_by_peer() const;

    /// Says goodbye so that the answer arrives though the request was not read to its end: stops sending and
    /// reads on for a moment. A plain close would make the kernel reset the connection under the answer.
    void linger();

    [[nodiscard]] bool is_readable() const override { return true; }
    [[nodiscard]] bool is_writable() const override { return true; }
    ssize_t read(char* data, std::size_t size) override;
    ssize_t write(const char* data, std::size_t size) override;
    void get_remote_ip_and_port(std::string& ip, int& port) const override;
    void get_local_ip_and_port(std::string& ip, int& port) const override;
    [[nodiscard]] socket_t socket() const override { return socket_; }

  private:
    [[nodiscard]] bool wait_for(short events) const;
    [[nodiscard]] ssize_t receive(char* data, std::size_t size);
    [[nodiscard]] ssize_t send_some(const char* data, std::size_t size);
    /// True when the TLS library only waits for the network, and that came in time.
    [[nodiscard]] bool again(int result) const;

    socket_t socket_;
    SSL* ssl_ = nullptr;
    Clock::time_point deadline_;
    const std::atomic<bool>& stopping_;
    std::array<char, 16 * 1024> buffer_;  // the library reads headers byte by byte
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t allowance_ = 0;
    bool exhausted_ = false;
};

}  // namespace transload::http

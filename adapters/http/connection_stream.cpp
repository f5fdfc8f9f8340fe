#include "adapters/http/connection_stream.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

namespace transload::http {
namespace {

void address_of(socket_t socket, decltype(::getpeername)* name, std::string& ip, int& port) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    auto* const address = reinterpret_cast<sockaddr*>(&storage);
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> service{};
    if (name(socket, address, &size) != 0 ||
        ::getnameinfo(address, size, host.data(), host.size(), service.data(), service.size(),
                      NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return;
    ip = host.data();
    port = std::atoi(service.data());
}

thread_local ConnectionStream* current = nullptr;

}  // namespace

ConnectionStream::ConnectionStream(socket_t socket, SSL_CTX* context, Clock::time_point deadline,
                                   const std::atomic<bool>& stopping)
    : socket_(socket), deadline_(deadline), stopping_(stopping) {
    current = this;
    // Children of this process must not keep a client's connection open.
    ::fcntl(socket_, F_SETFD, FD_CLOEXEC);
    ::fcntl(socket_, F_SETFL, ::fcntl(socket_, F_GETFL) | O_NONBLOCK);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (context != nullptr) {
        ssl_ = ::SSL_new(context);
        if (ssl_ != nullptr) ::SSL_set_fd(ssl_, socket_);
    }
}

ConnectionStream::~ConnectionStream() {
    current = nullptr;
    if (ssl_ != nullptr) ::SSL_free(ssl_);
    ::shutdown(socket_, SHUT_RDWR);
    ::close(socket_);
}

ConnectionStream* ConnectionStream::of_this_thread() noexcept { return current; }

bool ConnectionStream::is_closed_by_peer() const {
    pollfd entry{socket_, POLLRDHUP, 0};
    return ::poll(&entry, 1, 0) > 0 && (entry.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

bool ConnectionStream::wait_for(short events) const {
    constexpr auto slice = std::chrono::milliseconds{100};  // how soon a stop is noticed
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now());
        if (left.count() <= 0 || stopping_.load()) return false;
        pollfd entry{socket_, events, 0};
        const int ready = ::poll(&entry, 1, static_cast<int>(std::min(left, slice).count()));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

bool ConnectionStream::again(int result) const {
    switch (::SSL_get_error(ssl_, result)) {
        case SSL_ERROR_WANT_READ:
            return wait_for(POLLIN);
        case SSL_ERROR_WANT_WRITE:
            return wait_for(POLLOUT);
        default:
            return false;
    }
}

bool ConnectionStream::handshake() {
    if (ssl_ == nullptr) return true;
    for (;;) {
        ::ERR_clear_error();
        const int result = ::SSL_accept(ssl_);
        if (result == 1) return true;
        if (!again(result)) return false;
    }
}

ssize_t ConnectionStream::receive(char* data, std::size_t size) {
    for (;;) {
        if (ssl_ != nullptr) {
            ::ERR_clear_error();
            const int got = ::SSL_read(ssl_, data, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
            if (got > 0) return got;
            if (!again(got)) return -1;
            continue;
        }
        const ssize_t got = ::recv(socket_, data, size, 0);
        if (got >= 0) return got;
        if (errno == EINTR) continue;
        if ((errno != EAGAIN && errno != EWOULDBLOCK) || !wait_for(POLLIN)) return -1;
    }
}

ssize_t ConnectionStream::read(char* data, std::size_t size) {
    // Data that trickles in without ever making us wait counts as well.
    if (Clock::now() > deadline_) return -1;
    exhausted_ = allowance_ == 0;
    if (exhausted_) return -1;
    if (begin_ == end_) {
        const ssize_t got = receive(buffer_.data(), buffer_.size());
        if (got <= 0) return got;
        begin_ = 0;
        end_ = static_cast<std::size_t>(got);
    }
    const std::size_t count = std::min({size, end_ - begin_, allowance_});
    std::memcpy(data, buffer_.data() + begin_, count);
    begin_ += count;
    allowance_ -= count;
    return static_cast<ssize_t>(count);
}

ssize_t ConnectionStream::send_some(const char* data, std::size_t size) {
    for (;;) {
        if (ssl_ != nullptr) {
            ::ERR_clear_error();
            const int sent = ::SSL_write(ssl_, data, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
            if (sent > 0) return sent;
            if (!again(sent)) return -1;
            continue;
        }
        const ssize_t sent = ::send(socket_, data, size, MSG_NOSIGNAL);
        if (sent >= 0) return sent;
        if (errno == EINTR) continue;
        if ((errno != EAGAIN && errno != EWOULDBLOCK) || !wait_for(POLLOUT)) return -1;
    }
}

ssize_t ConnectionStream::write(const char* data, std::size_t size) {
    std::size_t sent = 0;
    while (sent < size) {
        const ssize_t count = send_some(data + sent, size - sent);
        if (count <= 0) return -1;
        sent += static_cast<std::size_t>(count);
    }
    return static_cast<ssize_t>(sent);
}

void ConnectionStream::linger() {
    constexpr std::size_t most = 4 << 20;
    if (ssl_ != nullptr) ::SSL_shutdown(ssl_);
    ::shutdown(socket_, SHUT_WR);
    deadline_ = std::min(deadline_, Clock::now() + std::chrono::seconds{1});
    std::size_t total = 0;
    for (;;) {
        const ssize_t got = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
        if (got == 0) return;
        if (got > 0) {
            total += static_cast<std::size_t>(got);
            if (total > most || Clock::now() > deadline_) return;
        } else if (errno != EINTR && ((errno != EAGAIN && errno != EWOULDBLOCK) || !wait_for(POLLIN))) {
            return;
        }
    }
}

void ConnectionStream::get_remote_ip_and_port(std::string& ip, int& port) const {
    address_of(socket_, ::getpeername, ip, port);
}

void ConnectionStream::get_local_ip_and_port(std::string& ip, int& port) const {
    address_of(socket_, ::getsockname, ip, port);
}

}  // namespace transload::http

#include "tests/integration/http/raw_connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace transload::test {

RawConnection::RawConnection(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd_ < 0 || ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("can't connect");
}

RawConnection::~RawConnection() {
    ::close(fd_);
}

bool RawConnection::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::string RawConnection::receive(std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    std::string all;
    while (receive_some(all, deadline)) {
    }
    return all;
}

bool RawConnection::receive_until(std::string_view text, std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    std::string all;
    while (all.find(text) == std::string::npos)
        if (!receive_some(all, deadline)) return false;
    return true;
}

bool RawConnection::receive_some(std::string& into, std::chrono::steady_clock::time_point deadline) {
    std::array<char, 4096> buffer{};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd entry{fd_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&entry, 1, static_cast<int>(left.count())) <= 0) return false;
    const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    into.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
}

void RawConnection::half_close() {
    ::shutdown(fd_, SHUT_WR);
}

int status_of_raw(int port, std::string_view bytes) {
    RawConnection connection(port);
    connection.send(bytes);
    connection.half_close();
    const std::string answer = connection.receive();
    constexpr std::string_view head = "HTTP/1.1 ";
    return answer.starts_with(head) ? std::atoi(answer.c_str() + head.size()) : 0;
}

}  // namespace transload::test

#include "tests/support/cutting_proxy/cutting_proxy.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <list>
#include <random>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace transload::test {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t most_waiting = 1U << 20;  // of one direction; then its sender is not read any more

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// sockaddr_in as the calls want it.
const sockaddr* plain(const sockaddr_in& address) { return static_cast<const sockaddr*>(static_cast<const void*>(&address)); }

class Socket {
  public:
    explicit Socket(int descriptor = -1) : descriptor_(descriptor) {}
    Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~Socket() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] int get() const { return descriptor_; }
    /// The peer sees a reset, not an orderly end.
    void reset_on_close() const {
        const linger at_once{1, 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    void make_quick() const {
        ::fcntl(descriptor_, F_SETFL, O_NONBLOCK);
        const int on = 1;
        ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }

  private:
    int descriptor_;
};

/// What was read from one side and not yet written to the other.
struct Direction {
    struct Piece {
        std::string bytes;
        Clock::time_point due;
    };
    std::deque<Piece> waiting;
    std::size_t size = 0;
    bool ended = false;     // the sender has
    bool shut = false;      // and the receiver was told
};

struct Pair {
    std::array<Socket, 2> ends;             // client, server
    std::array<Direction, 2> directions;    // read from ends[i], written to ends[1 - i]
    bool broken = false;
};

}  // namespace

struct CuttingProxy::State {
    std::atomic<int> server_port{0};
    int port = 0;
    Socket listener;
    std::array<Socket, 2> wake;  // a pipe
    std::atomic<bool> stopping{false};
    std::atomic<bool> cut_wanted{false};
    std::atomic<bool> abandon_wanted{false};
    std::atomic<bool> stalled{false};
    std::atomic<bool> refusing{false};
    std::atomic<std::int64_t> delay_ms{0};
    std::atomic<std::int64_t> least_ms{0};
    std::atomic<std::int64_t> most_ms{0};
    std::atomic<std::uint64_t> seed{0};
    std::atomic<bool> plan_changed{false};
    std::atomic<std::size_t> open{0};
    std::atomic<std::uint64_t> cuts{0};
    std::atomic<std::uint64_t> bytes{0};
    std::list<Pair> pairs;
    std::vector<Socket> abandoned;

    void poke() const {
        const char byte = 0;
        [[maybe_unused]] const auto written = ::write(wake[1].get(), &byte, 1);
    }
    void run();
    void accept();
    void read(Pair& pair, unsigned from);
    void write(Pair& pair, unsigned from, Clock::time_point now);
    void cut_all();
    void abandon_all();
};

void CuttingProxy::State::accept() {
    while (true) {
        Socket client(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (client.get() < 0) return;
        if (refusing) {
            client.reset_on_close();
            continue;
        }
        Socket server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const sockaddr_in address = loopback(server_port);
        if (::connect(server.get(), plain(address), sizeof address) != 0) {
            client.reset_on_close();  // as a server that is not there would
            continue;
        }
        client.make_quick();
        server.make_quick();
        Pair& pair = pairs.emplace_back();
        pair.ends = {std::move(client), std::move(server)};
    }
}

void CuttingProxy::State::read(Pair& pair, unsigned from) {
    Direction& direction = pair.directions[from];
    std::array<char, 65536> buffer{};
    const ssize_t count = ::recv(pair.ends[from].get(), buffer.data(), buffer.size(), 0);
    if (count > 0) {
        const auto size = static_cast<std::size_t>(count);
        direction.waiting.push_back({std::string(buffer.data(), size), Clock::now() + std::chrono::milliseconds(delay_ms)});
        direction.size += size;
    } else if (count == 0) {
        direction.ended = true;
    } else if (errno != EAGAIN && errno != EINTR) {
        pair.broken = true;
    }
}

void CuttingProxy::State::write(Pair& pair, unsigned from, Clock::time_point now) {
    Direction& direction = pair.directions[from];
    const int to = pair.ends[1 - from].get();
    while (!direction.waiting.empty() && direction.waiting.front().due <= now) {
        std::string& piece = direction.waiting.front().bytes;
        const ssize_t count = ::send(to, piece.data(), piece.size(), MSG_NOSIGNAL);
        if (count < 0) {
            if (errno != EAGAIN && errno != EINTR) pair.broken = true;
            return;
        }
        const auto size = static_cast<std::size_t>(count);
        bytes += size;
        direction.size -= size;
        if (size < piece.size()) {
            piece.erase(0, size);
            return;
        }
        direction.waiting.pop_front();
    }
    if (direction.ended && direction.waiting.empty() && !direction.shut) {
        ::shutdown(to, SHUT_WR);
        direction.shut = true;
    }
}

void CuttingProxy::State::cut_all() {
    for (Pair& pair : pairs)
        for (Socket& end : pair.ends) end.reset_on_close();
    cuts += pairs.size();
    pairs.clear();
}

void CuttingProxy::State::abandon_all() {
    for (Pair& pair : pairs) {
        pair.ends[0].reset_on_close();
        abandoned.push_back(std::move(pair.ends[1]));
    }
    cuts += pairs.size();
    pairs.clear();
}

void CuttingProxy::State::run() {
    std::mt19937_64 random(0);
    Clock::time_point next_cut = Clock::time_point::max();
    const auto plan_next = [&] {
        next_cut = most_ms == 0 ? Clock::time_point::max()
                                : Clock::now() + std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(least_ms, most_ms)(random));
    };
    std::vector<pollfd> polled;
    while (!stopping) {
        if (plan_changed.exchange(false)) {
            random.seed(seed);
            plan_next();
        }
        if (cut_wanted.exchange(false)) cut_all();
        if (abandon_wanted.exchange(false)) abandon_all();
        if (Clock::now() >= next_cut) {
            cut_all();
            plan_next();
        }
        const bool still = stalled;
        polled.assign({{listener.get(), POLLIN, 0}, {wake[0].get(), POLLIN, 0}});
        auto timeout = next_cut == Clock::time_point::max() ? std::chrono::milliseconds(1000) : std::chrono::milliseconds(5);
        for (Pair& pair : pairs)
            for (unsigned i = 0; i < 2; ++i) {
                short wanted = 0;
                const Direction& in = pair.directions[i];
                const Direction& out = pair.directions[1 - i];
                if (!still && !in.ended && in.size < most_waiting) wanted |= POLLIN;
                if (!still && !out.waiting.empty()) {
                    if (out.waiting.front().due <= Clock::now())
                        wanted |= POLLOUT;
                    else
                        timeout = std::chrono::milliseconds(1);
                }
                polled.push_back({wanted != 0 ? pair.ends[i].get() : -1, wanted, 0});
            }
        if (::poll(polled.data(), polled.size(), static_cast<int>(timeout.count())) < 0) continue;
        std::array<char, 64> poked{};
        if (polled[1].revents != 0)
            while (::read(wake[0].get(), poked.data(), poked.size()) > 0) {
            }
        std::size_t at = 2;
        for (Pair& pair : pairs)
            for (unsigned i = 0; i < 2; ++i, ++at)
                if ((polled[at].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && (polled[at].events & POLLIN) != 0) read(pair, i);
        const auto now = Clock::now();
        if (!still)
            for (Pair& pair : pairs)
                for (unsigned i = 0; i < 2; ++i) write(pair, i, now);
        std::erase_if(pairs, [](Pair& pair) {
            const bool over = pair.broken || (pair.directions[0].shut && pair.directions[1].shut);
            if (pair.broken)
                for (Socket& end : pair.ends) end.reset_on_close();
            return over;
        });
        if (polled[0].revents != 0) accept();
        open = pairs.size();
    }
    pairs.clear();
}

CuttingProxy::CuttingProxy(int server_port) : state_(std::make_unique<State>()) {
    state_->server_port = server_port;
    state_->listener = Socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    std::array<int, 2> ends{};
    if (::bind(state_->listener.get(), plain(address), sizeof address) != 0 || ::listen(state_->listener.get(), 256) != 0 ||
        ::getsockname(state_->listener.get(), static_cast<sockaddr*>(static_cast<void*>(&address)), &size) != 0 ||
        ::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
        throw std::system_error(errno, std::generic_category(), "cutting proxy");
    state_->wake = {Socket(ends[0]), Socket(ends[1])};
    state_->port = ntohs(address.sin_port);
    thread_ = std::thread([this] { state_->run(); });
}

CuttingProxy::~CuttingProxy() {
    state_->stopping = true;
    state_->poke();
    thread_.join();
}

int CuttingProxy::port() const noexcept { return state_->port; }

void CuttingProxy::forward_to(int server_port) { state_->server_port = server_port; }

void CuttingProxy::cut() {
    state_->cut_wanted = true;
    state_->poke();
}

void CuttingProxy::abandon() {
    state_->abandon_wanted = true;
    state_->poke();
}

void CuttingProxy::cut_at_random(std::chrono::milliseconds least, std::chrono::milliseconds most, std::uint64_t seed) {
    state_->least_ms = least.count();
    state_->most_ms = most.count();
    state_->seed = seed;
    state_->plan_changed = true;
    state_->poke();
}

void CuttingProxy::stall(bool on) {
    state_->stalled = on;
    state_->poke();
}

void CuttingProxy::delay(std::chrono::milliseconds time) {
    state_->delay_ms = time.count();
    state_->poke();
}

void CuttingProxy::refuse(bool on) {
    state_->refusing = on;
    state_->poke();
}

std::size_t CuttingProxy::open_connections() const { return state_->open; }
std::uint64_t CuttingProxy::cuts() const { return state_->cuts; }
std::uint64_t CuttingProxy::bytes() const { return state_->bytes; }

}  // namespace transload::test

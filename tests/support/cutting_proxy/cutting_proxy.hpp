#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>

namespace transload::test {

/// A network between a client and a server that can be made bad: forwards connections to a loopback port, and cuts,
/// stalls, delays or refuses them on command. One thread; all methods may be called from any.
class CuttingProxy {
  public:
    /// Listens on a free loopback port at once. The server behind need not be there yet.
    explicit CuttingProxy(int server_port);
    ~CuttingProxy();
    CuttingProxy(const CuttingProxy&) = delete;
    CuttingProxy& operator=(const CuttingProxy&) = delete;

    [[nodiscard]] int port() const noexcept;

    /// New connections go to another server from now on; those that are open stay where they are until they are cut.
    void forward_to(int server_port);
    /// Resets all connections that are open now, wherever they are in their bytes.
    void cut();
    /// Resets the clients' ends and leaves the servers' open and silent: what a network that goes without a word, or a client
    /// that loses its power, looks like to the server. New connections are forwarded as ever.
    void abandon();
    /// The same as cut, again and again, after random times between these two; 0, 0 ends it.
    void cut_at_random(std::chrono::milliseconds least, std::chrono::milliseconds most, std::uint64_t seed);
    /// No byte passes while it is on; connections stay open, new ones are accepted and stall too.
    void stall(bool on);
    /// Every byte arrives so much later.
    void delay(std::chrono::milliseconds time);
    /// New connections are reset at once while it is on; those that are open stay.
    void refuse(bool on);

    [[nodiscard]] std::size_t open_connections() const;
    [[nodiscard]] std::uint64_t cuts() const;   ///< connections that were cut
    [[nodiscard]] std::uint64_t bytes() const;  ///< forwarded, both ways

  private:
    struct State;
    std::unique_ptr<State> state_;
    std::thread thread_;
};

}  // namespace transload::test

#pragma once
#include <chrono>
#include <string>
#include <string_view>

namespace transload::test {

/// A plain TCP connection to a port of this machine, for what an HTTP client would never send.
class RawConnection {
  public:
    explicit RawConnection(int port);
    ~RawConnection();
    RawConnection(const RawConnection&) = delete;
    RawConnection& operator=(const RawConnection&) = delete;

    /// False when the other side has closed.
    bool send(std::string_view bytes);
    /// All that comes until the other side closes or the limit passes.
    [[nodiscard]] std::string receive(std::chrono::milliseconds limit = std::chrono::seconds(20));
    /// Takes what comes until it holds the text; false when the other side closed or the limit passed before.
    [[nodiscard]] bool receive_until(std::string_view text, std::chrono::milliseconds limit);
    void half_close();

  private:
    /// What comes is appended; false when the other side closed or the deadline passed.
    bool receive_some(std::string& into, std::chrono::steady_clock::time_point deadline);

    int fd_;
};

/// Sends the bytes, closes the sending side, and returns the status of the answer; 0 when there was none.
[[nodiscard]] int status_of_raw(int port, std::string_view bytes);

}  // namespace transload::test

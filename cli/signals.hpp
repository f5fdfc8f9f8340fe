#pragma once
#include <functional>
#include <string_view>
#include <thread>

namespace transload::cli {

/// Turns SIGINT, SIGTERM and SIGHUP into calls on a thread of its own. Make it before any other thread starts:
/// the signals are blocked in all threads that are started afterwards. The second signal ends the process at
/// once with exit code 130; what is durable stays.
class SignalWatch {
  public:
    explicit SignalWatch(std::function<void()> on_first);
    ~SignalWatch();
    SignalWatch(const SignalWatch&) = delete;
    SignalWatch& operator=(const SignalWatch&) = delete;

    /// A signal has come.
    [[nodiscard]] static bool interrupted() noexcept;

    /// Text on stderr from within the call, which must not wait for a reader: the next signal would find nobody. Nothing is said
    /// where nobody reads.
    static void say(std::string_view text) noexcept;

  private:
    std::function<void()> on_first_;
    std::thread thread_;
};

}  // namespace transload::cli

#pragma once
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace transload::test {

/// How a program ended. A signal shows as 128 + its number, as a shell would say it.
struct ProcessResult {
    int exit_code = -1;
    bool timed_out = false;  ///< it ran out of time and was killed
    std::string out;
    std::string err;
};

struct ProcessOptions {
    std::map<std::string, std::string> environment;  ///< added to the test's own
    std::string input;                               ///< given as standard input, then closed
    std::filesystem::path directory;                 ///< where it runs; empty = the test's own folder
};

/// A running program in a process group of its own, its output collected by a thread. It is killed
/// with its group when the object goes, and by the kernel when the thread that started it ends. Not for
/// sharing between threads.
class Process {
  public:
    /// Looks for argv[0] on PATH. Throws std::runtime_error when it can't be started.
    explicit Process(std::vector<std::string> argv, ProcessOptions options = {});
    ~Process();
    Process(Process&&) noexcept;
    Process& operator=(Process&&) noexcept;

    [[nodiscard]] pid_t pid() const noexcept;
    [[nodiscard]] bool running();
    /// A signal to the program alone, as `kill` would send it.
    void signal(int number);
    /// Waits for the end; kills the group when the limit passes first. May be called again.
    ProcessResult wait(std::chrono::milliseconds limit);
    /// Waits until standard output or error holds the text; false when it ended or time ran out first.
    [[nodiscard]] bool wait_for(std::string_view text, std::chrono::milliseconds limit);
    /// What it has written so far.
    [[nodiscard]] std::string out() const;
    [[nodiscard]] std::string err() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Runs a program to its end.
ProcessResult run(std::vector<std::string> argv, ProcessOptions options = {},
                  std::chrono::milliseconds limit = std::chrono::seconds(60));

/// The built program under test; TRANSLOAD_PROGRAM in the environment names another one.
[[nodiscard]] std::filesystem::path transload_program();

/// Polls until the condition holds; false when it never did.
template <class Condition>
[[nodiscard]] bool eventually(Condition condition, std::chrono::milliseconds limit,
                              std::chrono::milliseconds step = std::chrono::milliseconds(20));

}  // namespace transload::test

#include <thread>

template <class Condition>
bool transload::test::eventually(Condition condition, std::chrono::milliseconds limit,
                                 std::chrono::milliseconds step) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= deadline) {
            return false;
        }
        std::this_thread::sleep_for(step);
    }
    return true;
}

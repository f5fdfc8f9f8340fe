#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/plan/error.hpp"

/// The only place that starts programs.
namespace transload::process {

struct Command {
    std::filesystem::path program;  ///< executed directly, never through a shell
    std::vector<std::string> arguments;
    std::map<std::string, std::string> environment;     ///< added to, or replacing, this process's own
    std::vector<std::string> environment_prefixes_off;  ///< variables that the child must not inherit
    std::string input;                                  ///< all of its standard input
    std::filesystem::path directory;                    ///< working directory; empty: this process's
    std::filesystem::path log_file;                     ///< output is appended line by line; empty: not kept
    /// Called in the calling thread with each line of stdout and stderr, without its line break. A line
    /// longer than 64 KiB comes in pieces.
    std::function<void(std::string_view)> on_line;
    std::chrono::milliseconds time_limit{0};  ///< 0 = none
    std::chrono::milliseconds grace{3'000};   ///< between SIGTERM and SIGKILL
    std::stop_token stop;
};

struct Exit {
    int code = 0;    ///< exit code; 128 + signal when a signal ended it
    int signal = 0;  ///< 0 when it ended by itself
    [[nodiscard]] bool success() const noexcept { return code == 0; }
};

/// Runs the program to its end in a process group of its own and waits for it. When this returns or throws,
/// no process of that group is left. If this process is killed, the kernel kills the program as well: it is
/// tied to the calling thread, which lives as long as the call. Descriptors of this process other than the
/// pipe are not inherited. Throws Error: "process.not_found", "process.not_executable",
/// "process.broken" (it can't be started), "process.time_limit" (it was ended), and ErrorKind::cancelled
/// "job.stopped" once `stop` is requested.
Exit run(const Command& command);

}  // namespace transload::process

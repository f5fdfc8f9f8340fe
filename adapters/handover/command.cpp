#include "adapters/handover/command.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/process/child_process.hpp"

namespace transload::handover {

void run_command(const std::vector<std::string>& words, const HandOverFacts& facts, const std::string& document,
                 Deadline deadline, RunControl& control) {
    using std::chrono::milliseconds;
    process::Command command;
    command.program = words.front();
    command.arguments.assign(words.begin() + 1, words.end());
    command.environment_prefixes_off = {"TRANSLOAD_"};
    command.environment = {{"TRANSLOAD_JOB_ID", facts.job.str()}, {"TRANSLOAD_EVENT", std::string(to_string(facts.kind))}};
    command.input = document + "\n";
    command.time_limit = std::max(
        milliseconds{1}, std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now()));
    command.grace = milliseconds{500};
    command.stop = control.stop_token();
    std::string last;
    command.on_line = [&](std::string_view line) {
        last = std::string(line);
        tell_event(control, to_string(facts.kind), line);
    };
    try {
        const process::Exit exit = process::run(command);
        if (exit.success()) return;
        throw failure(command.program.string(), fmt::format("the hand-over program ended with code {}{}", exit.code,
                                                            last.empty() ? "" : ": " + last));
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::cancelled || error.id() == "cutover.hand_over") throw;
        throw failure(command.program.string(), error.message() + (last.empty() ? "" : "; its last line: " + last));
    }
}

}  // namespace transload::handover

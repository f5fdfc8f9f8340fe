#include "adapters/mysql/write_gate/cutover_hook.hpp"

#include <fmt/format.h>

#include "adapters/process/child_process.hpp"

namespace transload::mysql {
namespace {

std::string address(const Endpoint& endpoint) { return fmt::format("{}:{}", endpoint.host, endpoint.port); }

std::string databases(const JobSpec& spec) {
    std::string text;
    for (const DatabaseMapping& mapping : spec.databases)
        text += (text.empty() ? "" : ",") + mapping.source + "=" + mapping.target;
    return text;
}

}  // namespace

void run_cutover_hook(const JobSpec& spec, std::string_view phase, RunControl& control) {
    if (spec.cutover.hook.empty()) return;
    process::Command command;
    command.program = spec.cutover.hook.front();
    command.arguments.assign(spec.cutover.hook.begin() + 1, spec.cutover.hook.end());
    command.arguments.emplace_back(phase);
    command.environment = {{"TRANSLOAD_PHASE", std::string(phase)},
                           {"TRANSLOAD_SOURCE", address(spec.source)},
                           {"TRANSLOAD_TARGET", address(spec.target)},
                           {"TRANSLOAD_DATABASES", databases(spec)}};
    command.environment_prefixes_off = {"TRANSLOAD_"};
    command.time_limit = spec.cutover.timeout;
    command.stop = control.stop_token();
    std::string last;
    command.on_line = [&](std::string_view line) {
        last = std::string(line);
        control.event(Severity::info, "cutover.hook", std::string(phase), line);
    };
    const process::Exit exit = process::run(command);
    if (!exit.success())
        throw Error(ErrorKind::failed, "cutover.hook_failed", command.program.string(),
                    fmt::format("the cutover hook ended with code {} at '{}'{}", exit.code, phase,
                                last.empty() ? "" : ": " + last),
                    "mend the hook; it is called with `stop` or `release` as its last argument, and may be called twice");
}

}  // namespace transload::mysql

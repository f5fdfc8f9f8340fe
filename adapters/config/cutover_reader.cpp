#include "adapters/config/cutover_reader.hpp"

#include "adapters/config/config_error.hpp"

namespace transload::config {
namespace {

[[noreturn]] void refuse_remote(const Value& value) {
    throw config_error("config.not_allowed", value.path(), "is not allowed over HTTP",
                       "A hook is a program on the server's machine: use write_stop super_read_only, or run the job "
                       "there with `transload migrate`.");
}

/// Program and arguments; a single text is a program without any. No shell ever sees it.
std::vector<std::string> read_hook(const Value& value) {
    const bool text = value.node().kind == NodeKind::word || value.node().kind == NodeKind::text;
    if (text && value.node().origin == Origin::file) return {value.text()};
    return value.texts();
}

}  // namespace

CutoverOptions read_cutover(const Value& value, bool remote) {
    CutoverOptions cutover;
    if (!value.is_map()) {
        cutover.mode = value.choice<CutoverMode>();
        return cutover;
    }
    const MapReader map(value.node(), value.path(), {"mode", "write_stop", "hook", "timeout"});
    if (const auto mode = map.get("mode")) cutover.mode = mode->choice<CutoverMode>();
    if (const auto method = map.get("write_stop")) {
        cutover.write_stop = method->choice<WriteStopMethod>();
        if (remote && cutover.write_stop == WriteStopMethod::hook) refuse_remote(*method);
    }
    if (const auto hook = map.get("hook")) {
        if (remote) refuse_remote(*hook);
        cutover.hook = read_hook(*hook);
    }
    if (const auto timeout = map.get("timeout"))
        cutover.timeout = timeout->duration(std::chrono::seconds{1}, std::chrono::hours{1});
    if (cutover.write_stop == WriteStopMethod::hook && cutover.hook.empty())
        throw config_error("config.missing", map.path_of("hook"), "is missing, and write_stop is hook",
                           "Name the program that stops the writers: hook: [/path/to/program, argument]. It is called "
                           "with one more argument, stop or release.");
    return cutover;
}

}  // namespace transload::config

#include "adapters/http/target.hpp"

#include <array>
#include <string>

namespace transload::http {
namespace {

struct CommandRoute {
    std::string_view verb;
    Trigger trigger;
    std::string_view route;
};

constexpr auto commands = std::to_array<CommandRoute>({
    {"start", Trigger::start, "POST /job/{id}/start"},
    {"pause", Trigger::pause, "POST /job/{id}/pause"},
    {"resume", Trigger::resume, "POST /job/{id}/resume"},
    {"retry", Trigger::retry, "POST /job/{id}/retry"},
    {"cancel", Trigger::cancel, "POST /job/{id}/cancel"},
    {"rollback", Trigger::rollback, "POST /job/{id}/rollback"},
    {"finish", Trigger::finish, "POST /job/{id}/finish"},
    {"cutover", Trigger::cutover, "POST /job/{id}/cutover"},
});

}  // namespace

Target target_of(std::string_view path) {
    constexpr std::string_view prefix = "/api/v1/";
    constexpr std::string_view job = "/job/";
    if (path.starts_with(prefix)) path.remove_prefix(prefix.size() - 1);
    if (path == "/health") return {Resource::health, "GET /health"};
    if (path == "/metrics") return {Resource::metrics, "GET /metrics"};
    if (path == "/jobs") return {Resource::jobs, "GET /jobs"};
    if (path == "/job") return {Resource::submit, "POST /job"};
    if (!path.starts_with(job)) return {};
    path.remove_prefix(job.size());
    const std::size_t slash = path.find('/');
    const JobId id{std::string(path.substr(0, slash))};
    if (!id.valid()) return {};
    if (slash == std::string_view::npos) return {Resource::job, "GET /job/{id}", id};
    const std::string_view what = path.substr(slash + 1);
    if (what == "events") return {Resource::events, "GET /job/{id}/events", id};
    if (what == "stream") return {Resource::stream, "GET /job/{id}/stream", id};
    if (what == "limits") return {Resource::limits, "PATCH /job/{id}/limits", id};
    for (const CommandRoute& command : commands)
        if (command.verb == what) return {Resource::command, command.route, id, command.trigger};
    return {};
}

}  // namespace transload::http

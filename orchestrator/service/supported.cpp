#include "orchestrator/service/supported.hpp"

#include <string>
#include <utility>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/plan/names.hpp"

namespace transload {

namespace {

Error unsupported(const char* object, std::string message, std::string remedy) {
    return Error(ErrorKind::usage, "job.unsupported", object, message, std::move(remedy));
}

constexpr const char* name_a_proxy =
    "name a ShardingSphere-Proxy: --proxy mysql://user@host:3307, or shardingsphere.proxies in the job file";

}  // namespace

void require_supported(const JobSpec& spec) {
    const bool proxies = !spec.shardingsphere.proxies.empty();
    if (spec.sharding && spec.engine == EngineChoice::native)
        throw unsupported("engine", "the engine native can't write to a sharded target",
                          "use engine shardingsphere or auto");
    if (spec.sharding && !proxies)
        throw unsupported("shardingsphere.proxies", "a sharded target needs a proxy, and the job names none", name_a_proxy);
    if (spec.engine == EngineChoice::shardingsphere && !proxies)
        throw unsupported("shardingsphere.proxies", "the engine shardingsphere needs a proxy, and the job names none",
                          name_a_proxy);
    if (spec.cutover.mode == CutoverMode::none) return;
    const std::string mode = "cutover mode " + std::string(to_string(spec.cutover.mode));
    if (spec.engine == EngineChoice::native)
        throw unsupported("cutover", mode + " needs an engine that follows the source, and native does not",
                          "use engine shardingsphere or auto with a proxy, or cutover mode none, and stop the writers "
                          "before the migration where its rows must be the last");
    if (!proxies)
        throw unsupported("cutover", mode + " needs an engine that follows the source, and the job names no proxy",
                          std::string(name_a_proxy) +
                              ", or use cutover mode none, and stop the writers before the migration where its rows "
                              "must be the last");
}

}  // namespace transload

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
    // A rule for one table among many may still fall to the engine native; that is judged when the tables are known.
    if (!spec.mappings.empty() && (spec.sharding || spec.engine == EngineChoice::shardingsphere))
        throw unsupported("mapping",
                          spec.sharding ? "a sharded target takes whole tables under their own names"
                                        : "the engine shardingsphere carries whole tables under their own names",
                          "leave the mapping out, or use engine native (or auto, without a sharded target)");
    if (spec.cutover.mode == CutoverMode::none) {
        if (spec.cutover.reverse)
            throw unsupported("cutover.reverse", "a way back begins with a cutover, and the job has none",
                              "choose cutover mode auto or manual");
        return;
    }
    const bool all_native = spec.engine == EngineChoice::native || (spec.engine == EngineChoice::automatic && !proxies);
    if (spec.cutover.reverse && !all_native)
        throw unsupported("cutover.reverse", "only the engine native keeps a way back", "use engine native");
}

}  // namespace transload

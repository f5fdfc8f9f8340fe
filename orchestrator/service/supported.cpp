#include "orchestrator/service/supported.hpp"

#include "orchestrator/plan/error.hpp"
#include "orchestrator/plan/names.hpp"

namespace transload {

void require_supported(const JobSpec& spec) {
    if (spec.engine == EngineChoice::shardingsphere)
        throw Error(ErrorKind::usage, "job.unsupported", "engine",
                    "the engine shardingsphere is not there yet in this version", "use engine auto or native");
    if (spec.cutover.mode != CutoverMode::none)
        throw Error(ErrorKind::usage, "job.unsupported", "cutover",
                    "cutover mode " + std::string(to_string(spec.cutover.mode)) +
                        " needs an engine that follows the source, which is not there yet in this version",
                    "use cutover mode none, and stop the writers before the migration where its rows must be the last");
}

}  // namespace transload

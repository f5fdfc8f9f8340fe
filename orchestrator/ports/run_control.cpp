#include "orchestrator/ports/run_control.hpp"

#include "orchestrator/plan/error.hpp"

namespace transload {

void RunControl::check() const {
    if (stop_token().stop_requested())
        throw Error(ErrorKind::cancelled, "job.stopped", "", "stopped on request", "");
}

}  // namespace transload

#include <fmt/format.h>

#include <algorithm>

#include "adapters/mysql/interrupter.hpp"
#include "adapters/mysql/write_gate/stop_method.hpp"

namespace transload::mysql {
namespace {
constexpr unsigned lock_wait_timeout_code = 1205;
}

void execute_bounded(Connection& source, std::string_view statement, const JobSpec& spec, RunControl& control) {
    // While it waits for statements that are writing now, new ones wait behind it: not for long.
    const auto limit = std::clamp<std::int64_t>(spec.cutover.timeout.count() / 2'000, 1, 30);
    source.execute(fmt::format("SET SESSION lock_wait_timeout = {}", limit));
    try {
        Interrupter interrupter(control.stop_token());
        const Interrupter::Watch watch(interrupter, source);
        source.execute(statement);
    } catch (const ServerError& error) {
        control.check();
        if (error.code() != lock_wait_timeout_code) throw;
        throw Error(ErrorKind::transient, "cutover.locked", source.endpoint().label(),
                    fmt::format("a table lock, a backup or a running statement kept writes from being stopped for {} s",
                                limit),
                    "look for it in SHOW FULL PROCESSLIST and performance_schema.metadata_locks, and let it end");
    }
}

}  // namespace transload::mysql

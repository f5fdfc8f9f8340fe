#include "orchestrator/service/limit_change.hpp"

namespace transload {

bool change_limits(Limits& limits, const Limits& wanted) {
    bool changed = false;
    const auto take = [&](auto& value, const auto& other) {
        changed = changed || value != other;
        value = other;
    };
    take(limits.rows_per_second, wanted.rows_per_second);
    take(limits.bytes_per_second, wanted.bytes_per_second);
    take(limits.replica_lag, wanted.replica_lag);
    take(limits.threads_running, wanted.threads_running);
    take(limits.history_list_length, wanted.history_list_length);
    return changed;
}

std::string limits_text(const Limits& limits) {
    const auto number = [](std::uint64_t value) { return value == 0 ? std::string("none") : std::to_string(value); };
    const auto lag = limits.replica_lag.count();
    return "rows_per_second " + number(limits.rows_per_second) + ", bytes_per_second " + number(limits.bytes_per_second) +
           ", replica_lag " + (lag == 0 ? std::string("none") : std::to_string(lag) + "ms") + ", threads_running " +
           number(limits.threads_running) + ", history_list_length " + number(limits.history_list_length);
}

}  // namespace transload

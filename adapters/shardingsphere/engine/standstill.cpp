#include "adapters/shardingsphere/engine/standstill.hpp"

namespace transload::shardingsphere {
namespace {

/// A call to a proxy that hangs may take a minute.
constexpr std::chrono::minutes longest_gap{2};

}  // namespace

Standstill::Clock::duration Standstill::look(unsigned number, const std::string& state, Clock::time_point now) {
    const auto [found, first] = seen_.try_emplace(number, Seen{state, now, now});
    Seen& seen = found->second;
    if (!first && (seen.state != state || now - seen.last > longest_gap)) seen = {state, now, now};
    seen.last = now;
    return now - seen.since;
}

}  // namespace transload::shardingsphere

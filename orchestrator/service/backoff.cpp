#include "orchestrator/service/backoff.hpp"

#include <algorithm>
#include <random>

namespace transload {

std::chrono::milliseconds backoff(unsigned attempt, std::chrono::milliseconds min, std::chrono::milliseconds max) {
    const unsigned doublings = std::min(attempt - 1, 20U);
    const std::int64_t ceiling = std::min<std::int64_t>(max.count(), min.count() << doublings);
    thread_local std::minstd_rand random{std::random_device{}()};
    const std::int64_t half = ceiling / 2;
    return std::chrono::milliseconds(half + std::uniform_int_distribution<std::int64_t>(0, ceiling - half)(random));
}

}  // namespace transload

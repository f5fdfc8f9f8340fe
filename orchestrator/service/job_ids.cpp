#include "orchestrator/service/job_ids.hpp"

#include <array>
#include <cstdio>
#include <ctime>
#include <random>

namespace transload {

JobId new_job_id(WallTime now) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::array<char, 32> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), "%Y%m%d-%H%M%S-", &utc);
    std::snprintf(text.data() + length, text.size() - length, "%08x", std::random_device{}());
    return JobId(text.data());
}

}  // namespace transload

#pragma once
#include <chrono>

namespace transload {

/// Pause after the n-th failed attempt (n >= 1): doubles from `min` up to `max`, with "equal jitter" (half of it is
/// random), so that many clients don't return in step.
[[nodiscard]] std::chrono::milliseconds backoff(unsigned attempt, std::chrono::milliseconds min,
                                                std::chrono::milliseconds max);

}  // namespace transload

#pragma once
#include <chrono>

namespace transload {

class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual std::chrono::system_clock::time_point now() const = 0;
    [[nodiscard]] virtual std::chrono::steady_clock::time_point monotonic() const = 0;
};

}  // namespace transload

#pragma once
#include <string>
#include <string_view>

#include "orchestrator/plan/secret.hpp"

namespace transload {

/// Turns secrets into bytes that may lie on a disk, and back.
class Secrets {
  public:
    virtual ~Secrets() = default;
    [[nodiscard]] virtual std::string seal(const Secret& secret) const = 0;
    /// Throws Error{failed, "secrets.unreadable"} when the bytes were sealed with another key or were changed.
    [[nodiscard]] virtual Secret open(std::string_view sealed) const = 0;
};

}  // namespace transload

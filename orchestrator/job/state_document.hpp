#pragma once
#include <string>

namespace transload {

/// docs/states.md: the diagram and the tables of the state machine, generated from transitions().
[[nodiscard]] std::string state_document();

}  // namespace transload

#pragma once
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/config/node.hpp"

namespace transload::config {

/// Value of an environment variable; nullopt when it is not set.
using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

/// The process's own environment.
[[nodiscard]] std::optional<std::string> process_environment(const std::string& name);

/// (variable, dotted path) of everything that the environment can say about a job; the docs list them.
[[nodiscard]] const std::vector<std::pair<std::string, std::string>>& job_variables();
[[nodiscard]] const std::vector<std::pair<std::string, std::string>>& serve_variables();

/// What the environment says, to be merged over a file. Variables that are empty count as not set.
[[nodiscard]] Node job_environment(const Lookup& lookup = process_environment);
[[nodiscard]] Node serve_environment(const Lookup& lookup = process_environment);

}  // namespace transload::config

#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace transload::process {

/// The value of an environment variable; empty when unset.
[[nodiscard]] std::string environment(const std::string& name);

/// First executable regular file called `name` in the folders of PATH.
[[nodiscard]] std::optional<std::filesystem::path> find_in_path(std::string_view name);

/// True for a regular file (links followed) that this process may execute.
[[nodiscard]] bool is_executable(const std::filesystem::path& file);

}  // namespace transload::process

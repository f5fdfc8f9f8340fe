#pragma once
#include <string>
#include <string_view>

#include "orchestrator/plan/secret.hpp"

namespace transload::config {

/// The secret that a file holds: its content without the line end at its end. `path` is the key that named
/// the file, for errors. Throws Error "config.file" when the file can't be read, is empty, has several lines
/// or more than 4 KiB.
[[nodiscard]] Secret read_secret_file(const std::string& file, std::string_view path);

}  // namespace transload::config

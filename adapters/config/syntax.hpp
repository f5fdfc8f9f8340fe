#pragma once
#include <string_view>

#include "adapters/config/config_error.hpp"

/// What the JSON and the YAML parser share.
namespace transload::config {

/// Error "config.syntax" at a line of a document (0 = not known where).
[[nodiscard]] Error syntax_error(std::string_view name, std::size_t line, std::string_view message,
                                 std::string_view remedy = {});

/// Throws syntax_error when the text is too big, holds a NUL or is not UTF-8.
void check_text(std::string_view text, std::string_view name);

/// Number of the line (from 1) that a byte lies in.
[[nodiscard]] std::size_t line_of(std::string_view text, std::size_t offset);

}  // namespace transload::config

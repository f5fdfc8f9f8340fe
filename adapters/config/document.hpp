#pragma once
#include <filesystem>
#include <string_view>

#include "adapters/config/node.hpp"

namespace transload::config {

inline constexpr std::size_t max_document_bytes = 1 << 20;
inline constexpr std::size_t max_document_nodes = 100'000;
inline constexpr std::size_t max_document_depth = 32;

/// One JSON object. Duplicate keys, text that is not UTF-8, numbers out of every range, deep nesting and
/// big documents are errors. Throws Error "config.syntax" that names `name` and the line, and never
/// quotes the text, which may hold a password.
[[nodiscard]] Node parse_json(std::string_view text, std::string_view name);

/// One YAML document that is a map. Besides the errors of parse_json: tabs as indentation, several documents,
/// and aliases that blow a small file up.
[[nodiscard]] Node parse_yaml(std::string_view text, std::string_view name);

/// A file, JSON when its name ends in ".json", else YAML (of which JSON is a part).
/// Throws Error "config.file" when it can't be read.
[[nodiscard]] Node read_document(const std::filesystem::path& file);

}  // namespace transload::config

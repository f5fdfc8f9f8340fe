#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace transload {

/// Members keep the order in which they were written, so that documents read as their pages describe them.
using Json = nlohmann::ordered_json;

enum class JsonLayout { compact, indented };

/// The text of a document. Never throws on bytes that are not UTF-8: each bad sequence becomes U+FFFD.
[[nodiscard]] std::string json_text(const Json& document, JsonLayout layout = JsonLayout::compact);

/// Reads a document that this program wrote itself (the store, a server of ours). `what` names it in errors.
/// Throws Error{failed, "codec.malformed"}; the message never quotes the text.
[[nodiscard]] Json parse_own_json(std::string_view text, std::string_view what);

/// `value`, or U+FFFD for each sequence in it that is not UTF-8.
[[nodiscard]] std::string valid_utf8(std::string_view value);

}  // namespace transload

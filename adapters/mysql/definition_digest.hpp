#pragma once
#include <string>
#include <string_view>

namespace transload::mysql {

/// A SHOW CREATE TABLE text without the table option AUTO_INCREMENT=n, which moves with every INSERT.
/// Anything that only looks like the option (comments, defaults, names) stays.
[[nodiscard]] std::string without_auto_increment(std::string_view create_table);

/// SHA-256 of that, in hex.
[[nodiscard]] std::string definition_digest(std::string_view create_table);

}  // namespace transload::mysql

#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace transload::mysql {

/// A SHOW CREATE text with everything between quotes taken out ('', ``), so that key words can be searched
/// for without being fooled by names, comments and defaults.
[[nodiscard]] std::string without_quoted(std::string_view definition);

/// True when `words` stand in the text as whole words.
[[nodiscard]] bool has_words(std::string_view text, std::string_view words);

/// All `a`.`b` in a text, unquoted, as pairs: what a view's canonical text may refer to.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> name_pairs(std::string_view text);

/// What follows the first AS outside of quotes: the SELECT of a SHOW CREATE VIEW text. "" when there is none.
[[nodiscard]] std::string behind_as(std::string_view create_view);

}  // namespace transload::mysql

#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace transload::mysql {

/// A word (upper case), a quoted name (without its quotes) or a single sign of a line of SHOW GRANTS.
struct GrantToken {
    std::string text;
    bool quoted = false;
    std::size_t begin = 0;  ///< in the line
    std::size_t end = 0;    ///< behind it
    [[nodiscard]] bool is(std::string_view word) const { return !quoted && text == word; }
    /// As it is written in the line.
    [[nodiscard]] std::string raw(const std::string& line) const { return line.substr(begin, end - begin); }
};

[[nodiscard]] std::vector<GrantToken> grant_tokens(std::string_view line);

}  // namespace transload::mysql

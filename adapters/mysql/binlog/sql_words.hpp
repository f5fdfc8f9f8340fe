#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace transload::mysql::binlog {

/// What matters of a session's sql_mode when its statements are read.
struct SqlModes {
    bool ansi_quotes = false;            ///< "x" is a name
    bool no_backslash_escapes = false;
};

struct SqlWord {
    enum class Kind { word, name, text, sign };  ///< word: unquoted; name: quoted; sign: one character
    Kind kind = Kind::word;
    std::string text;  ///< without quotes
    /// Unquoted and this keyword (given in upper case).
    [[nodiscard]] bool is(std::string_view keyword) const;
    [[nodiscard]] bool is_sign(char c) const { return kind == Kind::sign && text[0] == c; }
    [[nodiscard]] bool is_name() const { return kind == Kind::word || kind == Kind::name; }
};

/// A statement cut into words: comments are left out, what stands in versioned ones ("/*!50100 …") is in. Never fails:
/// an open quote ends with the text. At most `limit` words.
[[nodiscard]] std::vector<SqlWord> sql_words(std::string_view sql, SqlModes modes, std::size_t limit = 100'000);

}  // namespace transload::mysql::binlog

#include "adapters/mysql/write_gate/grant_tokens.hpp"

#include <cctype>

namespace transload::mysql {
namespace {

bool is_quote(char c) { return c == '`' || c == '\'' || c == '"'; }

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

/// The name that begins with the quote at `i`; leaves `i` behind its end.
std::string quoted_name(std::string_view line, std::size_t& i) {
    const char quote = line[i++];
    std::string text;
    for (; i < line.size(); ++i) {
        if (line[i] != quote) {
            text += line[i];
        } else if (i + 1 < line.size() && line[i + 1] == quote) {
            text += line[i++];
        } else {
            break;
        }
    }
    if (i < line.size()) ++i;
    return text;
}

}  // namespace

std::vector<GrantToken> grant_tokens(std::string_view line) {
    std::vector<GrantToken> tokens;
    for (std::size_t i = 0; i < line.size();) {
        if (line[i] == ' ') {
            ++i;
            continue;
        }
        GrantToken token;
        token.begin = i;
        if (is_quote(line[i])) {
            token.quoted = true;
            token.text = quoted_name(line, i);
        } else if (is_word(line[i])) {
            while (i < line.size() && is_word(line[i]))
                token.text += static_cast<char>(std::toupper(static_cast<unsigned char>(line[i++])));
        } else {
            token.text = line[i++];
        }
        token.end = i;
        tokens.push_back(std::move(token));
    }
    return tokens;
}

}  // namespace transload::mysql

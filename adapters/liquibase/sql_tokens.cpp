#include "adapters/liquibase/sql_tokens.hpp"

#include <algorithm>

namespace transload::liquibase {
namespace {

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

std::size_t end_of_quoted(std::string_view sql, std::size_t begin, bool backslash_escapes) {
    const char quote = sql[begin];
    for (std::size_t i = begin + 1; i < sql.size(); ++i) {
        if (sql[i] == '\\' && backslash_escapes && quote != '`') {
            ++i;
        } else if (sql[i] == quote) {
            if (i + 1 < sql.size() && sql[i + 1] == quote)
                ++i;
            else
                return i + 1;
        }
    }
    return sql.size();
}

std::size_t end_of_line(std::string_view sql, std::size_t begin) {
    const std::size_t end = sql.find('\n', begin);
    return end == std::string_view::npos ? sql.size() : end;
}

char upper_char(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

bool Token::is_word(std::string_view upper_text) const {
    return kind == TokenKind::word && text.size() == upper_text.size() &&
           std::equal(text.begin(), text.end(), upper_text.begin(),
                      [](char left, char right) { return upper_char(left) == right; });
}

std::string Token::name() const {
    if (kind != TokenKind::name) return std::string(text);
    std::string result;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        result += text[i];
        if (text[i] == text[0]) ++i;
    }
    return result;
}

std::string upper(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), upper_char);
    return result;
}

std::vector<Token> tokenize(std::string_view sql, QuoteRules rules) {
    std::vector<Token> tokens;
    for (std::size_t i = 0; i < sql.size();) {
        const char c = sql[i];
        const std::string_view rest = sql.substr(i);
        TokenKind kind = TokenKind::punctuation;
        std::size_t end = i + 1;
        if (is_space(c)) {
            kind = TokenKind::space;
            while (end < sql.size() && is_space(sql[end])) ++end;
        } else if (c == '#' || (rest.starts_with("--") && (rest.size() == 2 || is_space(rest[2])))) {
            kind = TokenKind::comment;
            end = end_of_line(sql, i);
        } else if (rest.starts_with("/*!") || rest.starts_with("/*M!")) {
            end = i + (rest[2] == '!' ? 3 : 4);
            while (end < sql.size() && sql[end] >= '0' && sql[end] <= '9') ++end;
        } else if (rest.starts_with("/*")) {
            kind = TokenKind::comment;
            const std::size_t close = sql.find("*/", i + 2);
            end = close == std::string_view::npos ? sql.size() : close + 2;
        } else if (rest.starts_with("*/")) {
            end = i + 2;
        } else if (c == '`' || (c == '"' && rules.ansi_quotes)) {
            kind = TokenKind::name;
            end = end_of_quoted(sql, i, false);
        } else if (c == '\'' || c == '"') {
            kind = TokenKind::text;
            end = end_of_quoted(sql, i, rules.backslash_escapes);
        } else if (is_word_char(c)) {
            kind = TokenKind::word;
            while (end < sql.size() && is_word_char(sql[end])) ++end;
        }
        tokens.push_back({kind, sql.substr(i, end - i)});
        i = end;
    }
    return tokens;
}

std::vector<Token> significant(const std::vector<Token>& tokens) {
    std::vector<Token> result;
    std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(result),
                 [](const Token& token) { return !token.blank(); });
    return result;
}

std::string literal_value(std::string_view token) {
    std::string value;
    for (std::size_t i = 1; i + 1 < token.size(); ++i) {
        if (token[i] == '\\' && i + 2 < token.size()) {
            switch (token[++i]) {
                case '0':
                    value += '\0';
                    break;
                case 'b':
                    value += '\b';
                    break;
                case 'n':
                    value += '\n';
                    break;
                case 'r':
                    value += '\r';
                    break;
                case 't':
                    value += '\t';
                    break;
                case 'Z':
                    value += '\x1a';
                    break;
                default:
                    value += token[i];
            }
        } else {
            value += token[i];
            if (token[i] == token[0]) ++i;
        }
    }
    return value;
}

}  // namespace transload::liquibase

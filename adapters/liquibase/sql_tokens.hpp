#pragma once
#include <string>
#include <string_view>
#include <vector>

/// MySQL text cut into tokens, no more: enough to find names, quotes, brackets and commas without being
/// fooled by what stands inside strings and comments.
namespace transload::liquibase {

enum class TokenKind {
    space,       ///< white space
    comment,     ///< /* … */, # … and -- … ; not /*! … */, whose content counts
    name,        ///< `quoted name`
    text,        ///< 'string' or "string"
    word,        ///< unquoted identifier, keyword or number
    punctuation  ///< one character, or the brackets of a /*! … */ comment
};

struct Token {
    TokenKind kind;
    std::string_view text;  ///< as it stands in the SQL, which must outlive the token

    /// True for an unquoted word, whatever its case.
    [[nodiscard]] bool is_word(std::string_view upper) const;
    [[nodiscard]] bool is(char punctuation) const {
        return kind == TokenKind::punctuation && text.size() == 1 && text[0] == punctuation;
    }
    [[nodiscard]] bool blank() const { return kind == TokenKind::space || kind == TokenKind::comment; }
    /// A quoted or unquoted identifier.
    [[nodiscard]] bool identifier() const { return kind == TokenKind::name || kind == TokenKind::word; }
    /// The identifier without quotes.
    [[nodiscard]] std::string name() const;
};

/// How a session reads quotes; from its sql_mode.
struct QuoteRules {
    bool backslash_escapes = true;
    bool ansi_quotes = false;  ///< "…" is a name
};

/// All of the text: the tokens' texts joined give the text again.
[[nodiscard]] std::vector<Token> tokenize(std::string_view sql, QuoteRules rules = {});

/// The same without white space and comments.
[[nodiscard]] std::vector<Token> significant(const std::vector<Token>& tokens);

/// Upper case of ASCII letters.
[[nodiscard]] std::string upper(std::string_view text);

/// The value of a 'string literal' token, escapes resolved.
[[nodiscard]] std::string literal_value(std::string_view token);

}  // namespace transload::liquibase

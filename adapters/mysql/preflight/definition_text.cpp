#include "adapters/mysql/preflight/definition_text.hpp"

#include <cctype>

namespace transload::mysql {
namespace {

/// Index behind the closing quote of the quoted text that begins at `start`; the text itself goes to `inner`.
std::size_t read_quoted(std::string_view text, std::size_t start, std::string& inner) {
    const char quote = text[start];
    std::size_t i = start + 1;
    for (; i < text.size(); ++i) {
        if (text[i] == '\\' && quote == '\'' && i + 1 < text.size()) {
            inner += text[++i];
        } else if (text[i] != quote) {
            inner += text[i];
        } else if (i + 1 < text.size() && text[i + 1] == quote) {
            inner += text[++i];
        } else {
            break;
        }
    }
    return i + 1;
}

bool is_word_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

}  // namespace

std::string without_quoted(std::string_view definition) {
    std::string bare;
    for (std::size_t i = 0; i < definition.size();) {
        const char c = definition[i];
        if (c == '\'' || c == '`') {
            std::string inner;
            i = read_quoted(definition, i, inner);
            bare += c;
            bare += c;
        } else {
            bare += c;
            ++i;
        }
    }
    return bare;
}

bool has_words(std::string_view text, std::string_view words) {
    for (std::size_t at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1)) {
        const std::size_t end = at + words.size();
        const bool begins = at == 0 || !is_word_character(text[at - 1]) || !is_word_character(words.front());
        const bool ends =
            end == text.size() || !is_word_character(text[end]) || !is_word_character(words.back());
        if (begins && ends) return true;
    }
    return false;
}

std::string behind_as(std::string_view create_view) {
    for (std::size_t i = 0; i < create_view.size();) {
        if (create_view[i] == '\'' || create_view[i] == '`') {
            std::string ignored;
            i = read_quoted(create_view, i, ignored);
        } else if (create_view.substr(i).starts_with(" AS ")) {
            return std::string(create_view.substr(i + 4));
        } else {
            ++i;
        }
    }
    return "";
}

std::vector<std::pair<std::string, std::string>> name_pairs(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> pairs;
    std::string previous;
    bool joined = false;  // the last name was followed by a dot
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == '\'') {
            std::string ignored;
            i = read_quoted(text, i, ignored);
        } else if (text[i] == '`') {
            std::string name;
            i = read_quoted(text, i, name);
            if (joined) pairs.emplace_back(previous, name);
            previous = name;
            joined = i < text.size() && text[i] == '.';
            if (joined) ++i;
        } else {
            joined = false;
            ++i;
        }
    }
    return pairs;
}

}  // namespace transload::mysql

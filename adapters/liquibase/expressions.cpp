#include "adapters/liquibase/expressions.hpp"

#include "adapters/liquibase/sql_tokens.hpp"
#include "adapters/liquibase/table_definition.hpp"

namespace transload::liquibase {
namespace {

constexpr const char* kMark = "?";

/// Index behind the bracket that closes the one at `open`; the number of tokens when none does.
std::size_t behind_bracket(const std::vector<Token>& tokens, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < tokens.size(); ++i) {
        if (tokens[i].is('(')) ++depth;
        if (tokens[i].is(')') && --depth == 0) return i + 1;
    }
    return tokens.size();
}

std::string joined(const std::vector<Token>& tokens, std::size_t from, std::size_t to) {
    std::string text;
    for (std::size_t i = from; i < to; ++i) text += tokens[i].text;
    return text;
}

/// One line of a CREATE TABLE, whose expressions stand in brackets behind a word that announces them.
std::string take_apart_item(const DefinitionItem& item, std::vector<Expression>& into) {
    const std::vector<Token> tokens = tokenize(item.text);
    std::string frame;
    const Token* before = nullptr;
    int depth = 0;
    for (std::size_t i = 0; i < tokens.size();) {
        const Token& token = tokens[i];
        if (token.is('(') && before != nullptr) {
            const bool condition = before->is_word("CHECK");
            const bool value = before->is_word("AS") || before->is_word("DEFAULT");
            const bool part =
                item.kind == ItemKind::index && depth == 1 && (before->is('(') || before->is(','));
            const std::size_t end = behind_bracket(tokens, i);
            if (condition || value || part) {
                into.push_back(
                    {condition ? ExpressionKind::condition : ExpressionKind::value, joined(tokens, i, end)});
                frame += kMark;
                before = &tokens[end - 1];
                i = end;
                continue;
            }
        }
        if (token.is('(')) ++depth;
        if (token.is(')')) --depth;
        if (!token.blank()) before = &token;
        frame += token.text;
        ++i;
    }
    return frame;
}

}  // namespace

TakenApart take_apart_view(std::string_view show_create) {
    TakenApart result;
    const std::vector<Token> tokens = tokenize(show_create);
    std::size_t from = 0;
    while (from < tokens.size() && !tokens[from].is_word("AS")) ++from;
    if (from + 1 >= tokens.size()) {
        result.frame = std::string(show_create);
        return result;
    }
    ++from;
    std::size_t to = tokens.size();
    // Words of the check option from the end; anything else there leaves the text as it is.
    std::vector<std::size_t> words;
    for (std::size_t i = tokens.size(); i > from && words.size() < 4; --i)
        if (!tokens[i - 1].blank()) words.push_back(i - 1);
    if (words.size() == 4 && tokens[words[0]].is_word("OPTION") && tokens[words[1]].is_word("CHECK") &&
        (tokens[words[2]].is_word("CASCADED") || tokens[words[2]].is_word("LOCAL")) &&
        tokens[words[3]].is_word("WITH"))
        to = words[3];
    const std::string rest = joined(tokens, to, tokens.size());
    result.frame = joined(tokens, 0, from) + " " + kMark + (rest.empty() ? "" : " " + rest);
    while (from < to && tokens[from].blank()) ++from;
    while (to > from && tokens[to - 1].blank()) --to;
    result.expressions.push_back({ExpressionKind::select, joined(tokens, from, to)});
    return result;
}

TakenApart take_apart_table(std::string_view show_create) {
    TakenApart result;
    TableDefinition table = parse_table(show_create);
    for (DefinitionItem& item : table.items)
        if (item.kind == ItemKind::column || item.kind == ItemKind::check || item.kind == ItemKind::index)
            item.text = take_apart_item(item, result.expressions);
    result.frame = table.text();
    return result;
}

}  // namespace transload::liquibase

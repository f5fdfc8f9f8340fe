#include "adapters/liquibase/table_definition.hpp"

#include <algorithm>

#include "adapters/liquibase/sql_tokens.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::liquibase {
namespace {

std::string trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

/// Column names of "(`a`,`b`(10) DESC,(expr))", starting at its opening bracket.
std::vector<std::string> key_parts(const std::vector<Token>& tokens, std::size_t open) {
    std::vector<std::string> parts;
    int depth = 0;
    bool expect_name = false;
    for (std::size_t i = open; i < tokens.size(); ++i) {
        const Token& token = tokens[i];
        if (token.is('(')) {
            if (++depth == 1) expect_name = true;
            continue;
        }
        if (token.is(')') && --depth == 0) break;
        if (depth == 1 && token.is(',')) {
            expect_name = true;
        } else if (depth == 1 && expect_name && token.identifier()) {
            parts.push_back(token.name());
            expect_name = false;
        }
    }
    return parts;
}

void parse_references(const std::vector<Token>& tokens, DefinitionItem& item) {
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        if (!tokens[i].is_word("REFERENCES")) continue;
        if (i + 3 < tokens.size() && tokens[i + 2].is('.')) {
            item.referenced_database = tokens[i + 1].name();
            item.referenced_table = tokens[i + 3].name();
        } else {
            item.referenced_table = tokens[i + 1].name();
        }
        return;
    }
}

std::size_t open_bracket(const std::vector<Token>& tokens) {
    const auto found =
        std::find_if(tokens.begin(), tokens.end(), [](const Token& token) { return token.is('('); });
    return static_cast<std::size_t>(found - tokens.begin());
}

void parse_column(const std::vector<Token>& tokens, DefinitionItem& item) {
    item.kind = ItemKind::column;
    item.name = tokens[0].name();
    int depth = 0;
    for (std::size_t i = 1; i < tokens.size(); ++i) {
        if (tokens[i].is('(')) ++depth;
        if (tokens[i].is(')')) --depth;
        if (depth != 0) continue;
        if (tokens[i].is_word("NULL") && tokens[i - 1].is_word("NOT")) item.not_null = true;
        if (tokens[i].is_word("AUTO_INCREMENT")) item.auto_increment = true;
    }
}

}  // namespace

DefinitionItem parse_item(std::string_view text) {
    DefinitionItem item;
    item.text = std::string(text);
    const std::vector<Token> tokens = significant(tokenize(text));
    if (tokens.empty()) return item;
    std::size_t at = 0;
    if (tokens[at].is_word("ADD")) ++at;
    if (tokens[at].kind == TokenKind::name) {
        parse_column(tokens, item);
        return item;
    }
    if (tokens[at].is_word("CONSTRAINT")) {
        ++at;
        if (at < tokens.size() && tokens[at].kind == TokenKind::name) item.name = tokens[at++].name();
    }
    if (at >= tokens.size()) return item;
    if (tokens[at].is_word("FOREIGN")) {
        item.kind = ItemKind::foreign_key;
        item.parts = key_parts(tokens, open_bracket(tokens));
        parse_references(tokens, item);
    } else if (tokens[at].is_word("CHECK")) {
        item.kind = ItemKind::check;
    } else if (tokens[at].is_word("PRIMARY")) {
        item.kind = ItemKind::primary_key;
        item.name = "PRIMARY";
        item.unique = true;
        item.parts = key_parts(tokens, open_bracket(tokens));
    } else {
        item.unique = tokens[at].is_word("UNIQUE");
        item.fulltext = tokens[at].is_word("FULLTEXT");
        item.spatial = tokens[at].is_word("SPATIAL");
        if (item.unique || item.fulltext || item.spatial) ++at;
        if (at + 1 < tokens.size() && (tokens[at].is_word("KEY") || tokens[at].is_word("INDEX")) &&
            tokens[at + 1].kind == TokenKind::name) {
            item.kind = ItemKind::index;
            item.name = tokens[at + 1].name();
            item.parts = key_parts(tokens, open_bracket(tokens));
        }
    }
    return item;
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> parts;
    std::string part;
    int depth = 0;
    for (const Token& token : tokenize(text)) {
        if (token.is('(')) ++depth;
        if (token.is(')')) --depth;
        if (depth == 0 && token.is(',')) {
            parts.push_back(trimmed(part));
            part.clear();
        } else {
            part += token.text;
        }
    }
    if (!trimmed(part).empty()) parts.push_back(trimmed(part));
    return parts;
}

TableDefinition parse_table(std::string_view show_create) {
    const std::vector<Token> tokens = tokenize(show_create);
    TableDefinition table;
    std::string inside;
    int depth = 0;
    enum { head, body, tail } where = head;
    for (const Token& token : tokens) {
        if (where != tail && token.is('(') && ++depth == 1) {
            table.head += '(';
            where = body;
            continue;
        }
        if (where == body && token.is(')') && --depth == 0) {
            where = tail;
            table.tail += ')';
            continue;
        }
        (where == head ? table.head : where == body ? inside : table.tail) += token.text;
    }
    if (where != tail)
        throw Error(ErrorKind::failed, "schema.unreadable", std::string(show_create.substr(0, 80)),
                    "the server's SHOW CREATE TABLE can't be read",
                    "report this with the table's definition");
    for (const std::string& item : split_list(inside)) table.items.push_back(parse_item(item));
    return table;
}

std::vector<DefinitionItem> TableDefinition::of(ItemKind kind) const {
    std::vector<DefinitionItem> result;
    std::copy_if(items.begin(), items.end(), std::back_inserter(result),
                 [kind](const DefinitionItem& item) { return item.kind == kind; });
    return result;
}

const DefinitionItem* TableDefinition::column(std::string_view name) const {
    for (const DefinitionItem& item : items)
        if (item.kind == ItemKind::column && upper(item.name) == upper(name)) return &item;
    return nullptr;
}

std::string TableDefinition::text() const {
    return text([](const DefinitionItem&) { return true; });
}

std::string without_auto_increment(std::string_view show_create, std::optional<std::string>* value) {
    if (value) value->reset();
    const std::vector<Token> tokens = tokenize(show_create);
    std::string result;
    int depth = 0;
    bool past_items = false;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].is('(')) ++depth;
        if (tokens[i].is(')') && --depth == 0) past_items = true;
        if (past_items && depth == 0 && tokens[i].is_word("AUTO_INCREMENT") && i + 2 < tokens.size() &&
            tokens[i + 1].is('=')) {
            if (value) *value = std::string(tokens[i + 2].text);
            i += 2;
            if (!result.empty() && result.back() == ' ') result.pop_back();
            continue;
        }
        result += tokens[i].text;
    }
    return result;
}

}  // namespace transload::liquibase

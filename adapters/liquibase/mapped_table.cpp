#include <algorithm>
#include <optional>

#include "adapters/liquibase/mapping.hpp"
#include "adapters/liquibase/sql_tokens.hpp"
#include "adapters/liquibase/table_definition.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::liquibase {
namespace {

using mysql::quote_name;

/// What a text says once columns are called as on the target; `needs`: a left-out column that it can't do
/// without.
struct Rewritten {
    std::string text;
    std::string needs;
};

/// Replaces names of columns at this depth of brackets and deeper. Names with a qualifier are something
/// else's: columns of the table itself have none in SHOW CREATE.
Rewritten rename_columns(const std::vector<Token>& tokens, std::size_t from, std::size_t to,
                         const TableMap* map, int from_depth, bool words = false) {
    Rewritten result;
    int depth = 0;
    for (std::size_t i = from; i < to; ++i) {
        const Token& token = tokens[i];
        if (token.is('(')) ++depth;
        if (token.is(')')) --depth;
        const bool qualified =
            (i > 0 && tokens[i - 1].is('.')) || (i + 1 < tokens.size() && tokens[i + 1].is('.'));
        const bool called = i + 1 < tokens.size() && tokens[i + 1].is('(');
        const bool column =
            token.kind == TokenKind::name || (words && token.kind == TokenKind::word && !called);
        if (map != nullptr && column && !qualified && depth >= from_depth) {
            const std::string name = upper(token.name());
            if (map->left_out.contains(name)) result.needs = token.name();
            if (const auto found = map->columns.find(name); found != map->columns.end()) {
                result.text += quote_name(found->second);
                continue;
            }
        }
        result.text += token.text;
    }
    return result;
}

/// Index behind the bracket that closes the first one from `at` on.
std::size_t behind_brackets(const std::vector<Token>& tokens, std::size_t at) {
    int depth = 0;
    for (; at < tokens.size(); ++at) {
        if (tokens[at].is('(')) ++depth;
        if (tokens[at].is(')') && --depth == 0) return at + 1;
    }
    return tokens.size();
}

/// One table on its way.
class Mapper {
  public:
    Mapper(const std::string& database, const std::string& table, const SchemaMapping& mapping,
           Findings& findings)
        : database_(database),
          object_(database + "." + table),
          mapping_(mapping),
          map_(mapping.find(database, table)),
          findings_(findings) {}

    std::string run(std::string_view show_create) {
        TableDefinition table = parse_table(show_create);
        if (map_ != nullptr) {
            for (const std::string& column : map_->key)
                if (map_->left_out.contains(column)) error("the key that tells its rows apart", column);
            table.head = head(table.head);
        }
        std::vector<DefinitionItem> kept;
        for (const DefinitionItem& one : table.items)
            if (std::optional<std::string> text = item(one)) kept.push_back(parse_item(*text));
        table.items = std::move(kept);
        serve_foreign_keys(table);
        table.tail = tail(table.tail);
        return table.text();
    }

  private:
    void error(const std::string& what, const std::string& column) {
        findings_.push_back({"schema.mapped_needed", Severity::error, object_,
                             what + " needs the column " + column + ", which the job leaves out",
                             "keep that column, or leave out what needs it as well"});
    }
    void warn(const std::string& what, const std::string& column) {
        findings_.push_back(
            {"schema.mapped_left_out", Severity::warning, object_,
             what + " needs the column " + column + ", which the job leaves out: the target goes without",
             "create another one on the target where it is needed"});
    }

    [[nodiscard]] std::string head(const std::string& text) const {
        std::string result;
        bool done = false;
        for (const Token& token : tokenize(text)) {
            const bool name = !done && token.kind == TokenKind::name;
            result += name ? quote_name(map_->target) : std::string(token.text);
            done |= name;
        }
        return result;
    }

    /// Nothing: the target goes without it.
    std::optional<std::string> item(const DefinitionItem& one) {
        if (one.kind == ItemKind::foreign_key) return foreign_key(one);
        if (map_ == nullptr) return one.text;
        if (one.kind == ItemKind::column) return column(one);
        const std::vector<Token> tokens = tokenize(one.text);
        Rewritten result = rename_columns(tokens, 0, tokens.size(), map_, 1);
        if (result.needs.empty()) return result.text;
        if (one.kind == ItemKind::index || one.kind == ItemKind::check) {
            warn((one.kind == ItemKind::index ? "the index " : "the check ") + one.name, result.needs);
            return std::nullopt;
        }
        error(one.kind == ItemKind::primary_key ? "the primary key" : "the clause " + one.text, result.needs);
        return std::nullopt;
    }

    std::optional<std::string> column(const DefinitionItem& one) {
        if (map_->left_out.contains(upper(one.name))) return std::nullopt;
        const std::vector<Token> tokens = tokenize(one.text);
        const auto renamed = map_->columns.find(upper(one.name));
        std::string result =
            renamed == map_->columns.end() ? std::string(tokens[0].text) : quote_name(renamed->second);
        std::size_t from = 1;
        for (std::size_t i = 1; i <= tokens.size(); ++i) {
            const bool check = i < tokens.size() && tokens[i].is_word("CHECK");
            if (!check && i < tokens.size()) continue;
            const Rewritten before = rename_columns(tokens, from, i, map_, 0);
            if (!before.needs.empty()) error("the column " + one.name, before.needs);
            result += before.text;
            if (!check) break;
            from = behind_brackets(tokens, i);
            const Rewritten condition = rename_columns(tokens, i, from, map_, 0);
            if (condition.needs.empty()) {
                result += condition.text;
            } else {
                warn("the check of the column " + one.name, condition.needs);
                while (!result.empty() && result.back() == ' ') result.pop_back();
            }
            i = from - 1;
        }
        return result;
    }

    std::optional<std::string> foreign_key(const DefinitionItem& one) {
        const std::string& parent_database =
            one.referenced_database.empty() ? database_ : one.referenced_database;
        const TableMap* parent = mapping_.find(parent_database, one.referenced_table);
        if (map_ == nullptr && parent == nullptr) return one.text;
        const std::vector<Token> tokens = tokenize(one.text);
        std::size_t references = 0;
        while (references < tokens.size() && !tokens[references].is_word("REFERENCES")) ++references;
        std::size_t open = references;
        while (open < tokens.size() && !tokens[open].is('(')) ++open;
        const Rewritten child = rename_columns(tokens, 0, references, map_, 1);
        const Rewritten there = rename_columns(tokens, open, tokens.size(), parent, 1);
        const std::string& needs = child.needs.empty() ? there.needs : child.needs;
        if (!needs.empty()) {
            warn("the foreign key " + one.name, needs);
            return std::nullopt;
        }
        std::string result = child.text;
        for (std::size_t i = references; i < open; ++i) {
            const bool qualifier = i + 1 < tokens.size() && tokens[i + 1].is('.');
            const bool table = parent != nullptr && tokens[i].kind == TokenKind::name && !qualifier;
            result += table ? quote_name(parent->target) : std::string(tokens[i].text);
        }
        return result + there.text;
    }

    /// Where the index that served a foreign key is left out the server makes one of the foreign key's name:
    /// so does this, that both say the same.
    static void serve_foreign_keys(TableDefinition& table) {
        for (const DefinitionItem& key : table.of(ItemKind::foreign_key)) {
            const bool served =
                std::any_of(table.items.begin(), table.items.end(), [&](const DefinitionItem& item) {
                    return (item.kind == ItemKind::index || item.kind == ItemKind::primary_key) &&
                           !item.fulltext && !item.spatial && item.parts.size() >= key.parts.size() &&
                           std::equal(key.parts.begin(), key.parts.end(), item.parts.begin());
                });
            if (served) continue;
            std::string text = "KEY " + quote_name(key.name) + " (";
            for (const std::string& part : key.parts)
                text += (&part == &key.parts.front() ? "" : ",") + quote_name(part);
            const auto first_key =
                std::find_if(table.items.begin(), table.items.end(), [](const DefinitionItem& item) {
                    return item.kind == ItemKind::foreign_key || item.kind == ItemKind::check ||
                           item.fulltext;
                });
            table.items.insert(first_key, parse_item(text + ")"));
        }
    }

    /// Partitions, and the tables of a MERGE table.
    std::string tail(const std::string& text) {
        const std::vector<Token> tokens = tokenize(text);
        std::string result;
        for (std::size_t i = 0; i < tokens.size();) {
            // BY SYSTEM_TIME has no expression.
            const bool by =
                tokens[i].is_word("BY") && !(i + 2 < tokens.size() && tokens[i + 2].is_word("SYSTEM_TIME"));
            const std::size_t end = by || tokens[i].is_word("UNION") ? behind_brackets(tokens, i) : i + 1;
            if (by) {
                // MySQL before 8.0 names columns without quotes there.
                const Rewritten expression = rename_columns(tokens, i, end, map_, 1, true);
                if (!expression.needs.empty()) error("the partitioning", expression.needs);
                result += expression.text;
            } else if (tokens[i].is_word("UNION")) {
                for (std::size_t k = i; k < end; ++k) {
                    const TableMap* other = tokens[k].kind == TokenKind::name
                                                ? mapping_.find(database_, tokens[k].name())
                                                : nullptr;
                    result += other == nullptr ? std::string(tokens[k].text) : quote_name(other->target);
                }
            } else {
                result += tokens[i].text;
            }
            i = end;
        }
        return result;
    }

    const std::string& database_;
    std::string object_;
    const SchemaMapping& mapping_;
    const TableMap* map_;
    Findings& findings_;
};

}  // namespace

std::string mapped_table(std::string_view show_create, const std::string& database, const std::string& table,
                         const SchemaMapping& mapping, Findings& findings) {
    return Mapper(database, table, mapping, findings).run(show_create);
}

}  // namespace transload::liquibase

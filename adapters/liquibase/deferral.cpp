#include "adapters/liquibase/deferral.hpp"

#include <algorithm>

#include "adapters/liquibase/sql_tokens.hpp"

namespace transload::liquibase {
namespace {

bool option_is(const TableDefinition& table, std::string_view option, std::string_view value) {
    const std::vector<Token> tokens = significant(tokenize(table.tail));
    for (std::size_t i = 0; i + 2 < tokens.size(); ++i)
        if (tokens[i].is_word(option) && tokens[i + 1].is('=') && upper(tokens[i + 2].text) == value)
            return true;
    return false;
}

bool system_versioned(const TableDefinition& table) {
    const std::vector<Token> tokens = significant(tokenize(table.tail));
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
        if (tokens[i].is_word("SYSTEM") && tokens[i + 1].is_word("VERSIONING")) return true;
    return false;
}

bool all_not_null(const TableDefinition& table, const DefinitionItem& index) {
    return !index.parts.empty() &&
           std::all_of(index.parts.begin(), index.parts.end(), [&](const std::string& part) {
               const DefinitionItem* column = table.column(part);
               return column != nullptr && column->not_null;
           });
}

}  // namespace

std::set<std::string> deferrable_indexes(const TableDefinition& table, const std::optional<RowKey>& key) {
    if (!option_is(table, "ENGINE", "INNODB") || system_versioned(table)) return {};
    const std::vector<DefinitionItem> indexes = table.of(ItemKind::index);
    const std::vector<DefinitionItem> primary = table.of(ItemKind::primary_key);
    const auto counter = std::find_if(table.items.begin(), table.items.end(),
                                      [](const DefinitionItem& item) { return item.auto_increment; });
    bool counter_served = counter == table.items.end() || (!primary.empty() && !primary[0].parts.empty() &&
                                                           primary[0].parts[0] == counter->name);

    std::set<std::string> kept;
    bool clustered = !primary.empty();
    for (const DefinitionItem& index : indexes) {
        bool keep = key && key->index_name == index.name;
        if (!clustered && index.unique && all_not_null(table, index)) {
            // Without a primary key InnoDB clusters by the first of these: built later it would rebuild the
            // table.
            keep = true;
            clustered = true;
        }
        if (!counter_served && !index.parts.empty() && index.parts[0] == counter->name) {
            keep = true;
            counter_served = true;
        }
        if (keep) kept.insert(index.name);
    }
    // The server lists unique keys first, each group in order of creation: a kept one behind a deferred one
    // of its group would move forward.
    std::set<std::string> deferred;
    for (const bool unique : {true, false}) {
        bool one_deferred = false;
        for (const DefinitionItem& index : indexes) {
            if (index.unique != unique) continue;
            if (kept.contains(index.name)) {
                if (one_deferred) return {};
            } else {
                one_deferred = true;
                deferred.insert(index.name);
            }
        }
    }
    return deferred;
}

}  // namespace transload::liquibase

#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// SHOW CREATE TABLE taken apart into its lines, and put together again from some of them.
namespace transload::liquibase {

enum class ItemKind { column, primary_key, index, foreign_key, check, other };

struct DefinitionItem {
    ItemKind kind = ItemKind::other;
    std::string name;  ///< of the column, index or constraint; empty when it has none
    std::string text;  ///< as the server wrote it, without indentation and comma
    /// Of keys: names of its columns in order; empty for an expression.
    std::vector<std::string> parts;
    bool unique = false;    ///< of keys
    bool fulltext = false;  ///< of keys
    bool spatial = false;   ///< of keys
    /// Of columns.
    bool not_null = false;
    bool auto_increment = false;
    /// Of foreign keys: database (empty: the table's own) and table that it refers to.
    std::string referenced_database;
    std::string referenced_table;
};

struct TableDefinition {
    std::string head;  ///< "CREATE TABLE `t` ("
    std::vector<DefinitionItem> items;
    std::string tail;  ///< ") ENGINE=… " and partitions, as written

    [[nodiscard]] std::vector<DefinitionItem> of(ItemKind kind) const;
    [[nodiscard]] const DefinitionItem* column(std::string_view name) const;
    /// The statement with the items that are kept, in the server's own layout.
    template <class Keep>
    [[nodiscard]] std::string text(Keep keep) const;
    [[nodiscard]] std::string text() const;
};

/// Takes the statement apart. Throws Error "schema.unreadable" when it does not look like one.
[[nodiscard]] TableDefinition parse_table(std::string_view show_create);

/// One item: a line of the definition without its comma.
[[nodiscard]] DefinitionItem parse_item(std::string_view text);

/// "a, b (c, d), e" at its commas outside brackets and quotes, blanks trimmed.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

/// The definition without the table option AUTO_INCREMENT=n; `value` receives n when there was one.
[[nodiscard]] std::string without_auto_increment(std::string_view show_create,
                                                 std::optional<std::string>* value = nullptr);

template <class Keep>
std::string TableDefinition::text(Keep keep) const {
    std::string result = head;
    bool first = true;
    for (const DefinitionItem& item : items) {
        if (!keep(item)) continue;
        result += first ? "\n  " : ",\n  ";
        result += item.text;
        first = false;
    }
    return result + "\n" + tail;
}

}  // namespace transload::liquibase

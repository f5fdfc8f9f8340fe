#include <fmt/format.h>

#include <algorithm>

#include "adapters/liquibase/complete.hpp"
#include "adapters/liquibase/deferral.hpp"
#include "adapters/liquibase/mapping.hpp"
#include "adapters/liquibase/session_frame.hpp"
#include "adapters/liquibase/sql_tokens.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::liquibase {
namespace {

const std::optional<RowKey>& key_of(const CompletionContext& context, const std::string& database,
                                    const std::string& table) {
    static const std::optional<RowKey> none;
    for (const TablePlan& plan : context.tables)
        if (plan.source.database == database && target_table(plan) == table) return plan.key;
    return none;
}

std::string hex_digits(const std::string& bytes) {
    std::string digits;
    for (const char c : bytes)
        digits += fmt::format("{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    return digits;
}

/// Counts tables of that name, with the target's idea of case.
std::string table_exists(const std::string& table) {
    const std::string name = check_literal(table);
    return "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME=" +
           name + " AND (@@lower_case_table_names<>0 OR CAST(TABLE_NAME AS BINARY)=CAST(" + name +
           " AS BINARY))";
}

std::string counted(const std::string& view, const std::string& column, const std::string& table,
                    const std::vector<std::string>& names, const std::string& more = {}) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ",") + check_literal(name);
    return "SELECT COUNT(*) FROM information_schema." + view +
           " WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME=" + check_literal(table) + more + " AND " + column +
           " IN (" + list + ")";
}

std::vector<std::string> framed(const Frame& frame, std::vector<std::string> statements) {
    std::vector<std::string> result = frame.before;
    result.insert(result.end(), statements.begin(), statements.end());
    result.insert(result.end(), frame.after.begin(), frame.after.end());
    return result;
}

ChangeSet alter_table(const std::string& kind, const std::string& table,
                      const std::vector<DefinitionItem>& items, std::string unless) {
    std::string alter = "ALTER TABLE " + mysql::quote_name(table);
    for (const DefinitionItem& item : items)
        alter += (&item == &items.front() ? "\n  ADD " : ",\n  ADD ") + item.text;
    ChangeSet change;
    change.id = change_set_id(kind, table);
    change.part = SchemaPart::post_data;
    change.stage = "stage-1";
    change.unless = {std::move(unless)};
    change.statements = framed(table_frame(), {alter});
    return change;
}

std::vector<std::string> names_of(const std::vector<DefinitionItem>& items) {
    std::vector<std::string> names;
    for (const DefinitionItem& item : items) names.push_back(item.name);
    return names;
}

/// MySQL writes COLLATE without CHARACTER SET exactly where the column has its collation from the table. Said
/// aloud it would count as the column's own, and be shown as such ever after.
std::string with_inherited_collation(const std::string& column) {
    const std::vector<Token> tokens = tokenize(column);
    std::string result;
    int depth = 0;
    bool own_charset = false;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].is('(')) ++depth;
        if (tokens[i].is(')')) --depth;
        if (depth == 0 &&
            (tokens[i].is_word("CHARSET") ||
             (tokens[i].is_word("CHARACTER") && i + 2 < tokens.size() && tokens[i + 2].is_word("SET"))))
            own_charset = true;
        if (depth == 0 && !own_charset && tokens[i].is_word("COLLATE") && i + 2 < tokens.size()) {
            if (!result.empty() && result.back() == ' ') result.pop_back();
            i += 2;
            own_charset = true;  // a second one belongs to a generation expression
            continue;
        }
        result += tokens[i].text;
    }
    return result;
}

/// MariaDB shows the bytes of a binary default as they are; those that are no text go as hex.
std::string with_readable_default(const std::string& column) {
    const std::vector<Token> tokens = tokenize(column);
    std::string result;
    bool after_default = false;
    for (const Token& token : tokens) {
        if (token.kind == TokenKind::text && after_default && impossible_in_xml(token.text))
            result += "x'" + hex_digits(literal_value(token.text)) + "'";
        else
            result += token.text;
        if (!token.blank()) after_default = token.is_word("DEFAULT");
    }
    return result;
}

bool merge_table(const SourceTable& table) {
    return !table.sequence && table.create.find("ENGINE=MRG_MyISAM") != std::string::npos;
}

}  // namespace

void complete_tables(const SourceDatabase& database, const GeneratedTables& generated,
                     const CompletionContext& context, Completion& into) {
    std::vector<SourceTable> tables = database.tables;
    // A MERGE table needs the tables that it merges.
    std::stable_partition(tables.begin(), tables.end(),
                          [](const SourceTable& table) { return !merge_table(table); });
    std::vector<ChangeSet> indexes, foreign_keys;
    for (const SourceTable& source : tables) {
        const std::string object = database.name + "." + source.name;
        const std::string ddl = localise(source.create, database.name, context.names);
        ChangeSet change;
        change.id = change_set_id(source.sequence ? "sequence" : "table", source.name);
        change.unless = {table_exists(source.name)};
        if (source.sequence) {
            change.statements = framed(table_frame(), {ddl});
            into.changelog.change_sets.push_back(std::move(change));
            continue;
        }
        TableDefinition table = parse_table(ddl);
        std::vector<std::string> removed;
        table.tail = without_placement(table.tail, &removed);
        if (!database.version.mariadb)
            for (DefinitionItem& item : table.items)
                if (item.kind == ItemKind::column) item.text = with_inherited_collation(item.text);
        for (DefinitionItem& item : table.items)
            if (item.kind == ItemKind::column && impossible_in_xml(item.text))
                item.text = with_readable_default(item.text);
        if (impossible_in_xml(table.text()))
            throw Error(ErrorKind::failed, "schema.text_impossible", object,
                        "the definition holds bytes that no XML file can carry (NUL, or not UTF-8)",
                        "change its comments or defaults on the source, or leave it out of the job");
        for (const std::string& option : removed)
            into.findings.push_back(
                {"schema.placement", Severity::warning, object,
                 "the table option " + option + " names a place on the source's disk and is left out", ""});
        if (table.tail.find("ENGINE=FEDERATED") != std::string::npos)
            into.findings.push_back(
                {"schema.federated", Severity::warning, object,
                 "a FEDERATED table keeps its connection, which the changelog then holds as well", ""});
        const ShardedSchema& sharded = context.sharded.at(database.name);
        // The proxy makes a table with its indexes: there is nothing to build later.
        const std::set<std::string> deferred =
            sharded.tables.contains(source.name)
                ? std::set<std::string>{}
                : deferrable_indexes(table, key_of(context, database.name, source.name));
        const std::string pre_data = table.text([&](const DefinitionItem& item) {
            return item.kind != ItemKind::foreign_key &&
                   !(item.kind == ItemKind::index && deferred.contains(item.name));
        });
        const auto found = generated.find(source.name);
        if (found != generated.end() && source.mapped_from.empty()) change.generated = kept_change(found->second, pre_data, database);
        if (change.generated.empty()) change.statements = framed(table_frame(), {pre_data});
        into.changelog.change_sets.push_back(std::move(change));

        std::vector<DefinitionItem> later = table.of(ItemKind::index);
        std::erase_if(later, [&](const DefinitionItem& item) { return !deferred.contains(item.name); });
        if (!later.empty())
            indexes.push_back(alter_table("indexes", source.name, later,
                                          counted("STATISTICS", "INDEX_NAME", source.name, names_of(later))));
        std::vector<DefinitionItem> keys = table.of(ItemKind::foreign_key);
        const auto over_shards = std::stable_partition(keys.begin(), keys.end(), [&](const DefinitionItem& key) {
            return !sharded.leaves_out(source.name, key);
        });
        const std::vector<DefinitionItem> left_out(over_shards, keys.end());
        keys.erase(over_shards, keys.end());
        const auto add_keys = [&](const std::string& kind, const std::vector<DefinitionItem>& group) {
            if (group.empty()) return;
            foreign_keys.push_back(alter_table(kind, source.name, group,
                                               counted("TABLE_CONSTRAINTS", "CONSTRAINT_NAME", source.name,
                                                       names_of(group), " AND CONSTRAINT_TYPE='FOREIGN KEY'")));
        };
        add_keys("foreign-keys", keys);
        add_keys("foreign-keys-over-shards", left_out);
    }
    for (auto* group : {&indexes, &foreign_keys})
        for (ChangeSet& change : *group) into.changelog.change_sets.push_back(std::move(change));
}

std::string without_placement(std::string_view tail, std::vector<std::string>* removed) {
    const std::vector<Token> tokens = tokenize(tail);
    std::string result;
    const auto skip_blank = [&](std::size_t i) {
        while (i < tokens.size() && tokens[i].blank()) ++i;
        return i;
    };
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const std::size_t second = skip_blank(i + 1);
        const bool directory = (tokens[i].is_word("DATA") || tokens[i].is_word("INDEX")) &&
                               second < tokens.size() && tokens[second].is_word("DIRECTORY");
        const bool tablespace = tokens[i].is_word("TABLESPACE");
        if (!directory && !tablespace) {
            result += tokens[i].text;
            continue;
        }
        std::size_t value = skip_blank((directory ? second : i) + 1);
        if (value < tokens.size() && tokens[value].is('=')) value = skip_blank(value + 1);
        if (value >= tokens.size() || (tablespace && tokens[value].name().starts_with("innodb_"))) {
            result += tokens[i].text;
            continue;
        }
        if (removed) removed->push_back(directory ? upper(tokens[i].text) + " DIRECTORY" : "TABLESPACE");
        while (!result.empty() && result.back() == ' ') result.pop_back();
        i = value;
        // A version comment that holds nothing any more.
        const std::size_t close = skip_blank(value + 1);
        const std::size_t open = result.rfind("/*!");
        if (close < tokens.size() && tokens[close].text == "*/" && open != std::string::npos &&
            result.find_first_not_of("0123456789 ", open + 3) == std::string::npos) {
            result.resize(open);
            while (!result.empty() && result.back() == ' ') result.pop_back();
            i = close;
        }
    }
    return result;
}

}  // namespace transload::liquibase

#include "adapters/shardingsphere/gate/fact_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "adapters/mysql/quoting.hpp"
#include "adapters/shardingsphere/distsql/distsql_quoting.hpp"
#include "adapters/shardingsphere/distsql/distsql_words.hpp"

namespace transload::shardingsphere {
namespace {

using mysql::Result;
using mysql::Row;
using mysql::Server;

std::string text(const mysql::Value& value) {
    return value.value_or("");
}

using ByTable = std::map<std::string, std::vector<TableFacts*>>;

void read_indexes(Server& source, const std::string& schema, const ByTable& facts) {
    const Result result = source.connection().query(fmt::format(
        "SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS "
        "WHERE TABLE_SCHEMA = {} ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX",
        schema));
    for (const Row& row : result.rows) {
        const auto table = facts.find(text(row[0]));
        if (table == facts.end()) continue;
        for (TableFacts* each : table->second) {
            if (each->indexes.empty() || each->indexes.back().name != text(row[1]))
                each->indexes.push_back({.name = text(row[1]), .unique = text(row[2]) == "0"});
            IndexFacts& index = each->indexes.back();
            if (row[3]) index.columns.push_back(*row[3]);
            index.expression = index.expression || !row[3];
            index.prefix = index.prefix || row[4];
        }
    }
}

void read_columns(Server& source, const std::string& schema, const ByTable& facts) {
    const Result result = source.connection().query(fmt::format(
        "SELECT TABLE_NAME, COLUMN_NAME, EXTRA LIKE '%on update%' FROM information_schema.COLUMNS WHERE "
        "TABLE_SCHEMA = {} AND (EXTRA LIKE '%on update%' OR (DATA_TYPE IN ('date', 'datetime', "
        "'timestamp') AND COLUMN_DEFAULT LIKE '%-00%'))",
        schema));
    for (const Row& row : result.rows)
        if (const auto table = facts.find(text(row[0])); table != facts.end())
            for (TableFacts* each : table->second)
                (text(row[2]) == "1" ? each->on_update : each->zero_defaults).insert(text(row[1]));
}

void read_foreign_keys(Server& source, const std::string& schema, const ByTable& facts) {
    const Result result = source.connection().query(
        fmt::format("SELECT TABLE_NAME, CONSTRAINT_NAME, UNIQUE_CONSTRAINT_SCHEMA, REFERENCED_TABLE_NAME, "
                    "UPDATE_RULE, DELETE_RULE "
                    "FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = {}",
                    schema));
    const auto acts = [](const std::string& rule) { return rule == "CASCADE" || rule.starts_with("SET"); };
    for (const Row& row : result.rows)
        if (const auto table = facts.find(text(row[0])); table != facts.end())
            for (TableFacts* each : table->second)
                each->foreign_keys.push_back(
                    {text(row[1]), {text(row[2]), text(row[3])}, acts(text(row[4])) || acts(text(row[5]))});
}

/// `_` stands for any character, as in LIKE; the proxy asks its driver with the name as a pattern, ignoring
/// case.
bool fits_pattern(const std::string& pattern, const std::string& name) {
    const std::string wanted = mysql::lower(pattern), given = mysql::lower(name);
    return wanted.size() == given.size() && std::equal(wanted.begin(), wanted.end(), given.begin(),
                                                       [](char p, char c) { return p == '_' || p == c; });
}

/// Names of columns in order: two tables that agree in them can be taken for each other without harm.
std::map<std::string, std::string> columns_by_table(Server& source, const std::string& schema) {
    std::map<std::string, std::string> columns;
    const Result result = source.connection().query(fmt::format(
        "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = "
        "{} ORDER BY TABLE_NAME, ORDINAL_POSITION",
        schema));
    for (const Row& row : result.rows) columns[text(row[0])] += text(row[1]) + '\0' + text(row[2]) + '\0';
    return columns;
}

void compare_names(Server& source, const std::string& schema, const ByTable& facts) {
    const std::map<std::string, std::string> columns = columns_by_table(source, schema);
    for (const auto& [name, of_table] : facts)
        for (const auto& [other, its_columns] : columns) {
            if (other == name) continue;
            const bool twin = mysql::lower(other) == mysql::lower(name);
            const auto own = columns.find(name);
            const bool pattern =
                !twin && fits_pattern(name, other) && own != columns.end() && own->second != its_columns;
            for (TableFacts* each : of_table) {
                if (twin) each->same_but_case = other;
                if (pattern) each->same_as_pattern = other;
            }
        }
}

/// What the proxy sends in PREPARING. Only for names that it can be given at all.
bool unquoted_name_works(Server& source, const TableName& table) {
    try {
        (void)source.connection().query(
            fmt::format("SHOW CREATE TABLE {}.{}", mysql::quote_name(table.database), table.table));
        // A word behind a dot is never reserved; the proxy has no dot there.
        source.connection().execute("USE " + mysql::quote_name(table.database));
        (void)source.connection().query("SHOW CREATE TABLE " + table.table);
        return true;
    } catch (const mysql::ServerError& error) {
        if (error.kind() != ErrorKind::failed) throw;
        return false;
    }
}

/// The proxy takes "_table" off the end of an index's name, and writes what is left without quotes.
std::string name_at_proxy(const std::string& name, const std::string& table) {
    const std::string suffix = "_" + table;
    return name.size() > suffix.size() && name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size())
                                                                 : name;
}

/// A name of letters, digits and '_' that is no reserved word.
bool readable(Server& source, const std::string& name) {
    if (!is_migratable_name(name) && !is_distsql_word(name)) return false;
    try {
        (void)source.connection().query("SELECT 1 AS " + name);
        return true;
    } catch (const mysql::ServerError& error) {
        if (error.kind() != ErrorKind::failed) throw;
        return false;
    }
}

void judge_index_names(Server& source, const TableName& table, TableFacts& facts) {
    std::vector<std::string> names;
    for (const IndexFacts& index : facts.indexes)
        if (index.name != "PRIMARY") names.push_back(index.name);
    for (const ForeignKeyFacts& key : facts.foreign_keys) names.push_back(key.name);
    for (const std::string& name : names) {
        const std::string bare = name_at_proxy(name, table.table);
        const bool taken = std::any_of(names.begin(), names.end(), [&](const std::string& other) {
            return other != name && mysql::lower(name_at_proxy(other, table.table)) == mysql::lower(bare);
        });
        if (taken || !readable(source, bare)) facts.unreadable_names.push_back(name);
    }
}

}  // namespace

std::vector<TableFacts> read_facts(Server& source, const std::vector<TablePlan>& tables) {
    std::vector<TableFacts> all(tables.size());
    std::map<std::string, ByTable> databases;
    for (std::size_t i = 0; i < tables.size(); ++i)
        databases[tables[i].source.database][tables[i].source.table].push_back(&all[i]);
    for (const auto& [database, facts] : databases) {
        const std::string schema = mysql::quote_text(database);
        read_indexes(source, schema, facts);
        read_columns(source, schema, facts);
        read_foreign_keys(source, schema, facts);
        compare_names(source, schema, facts);
    }
    for (std::size_t i = 0; i < tables.size(); ++i)
        // The proxy leaves the names of a sharded table as they are: the table has its own name on the
        // target.
        if (!tables[i].sharded) judge_index_names(source, tables[i].source, all[i]);
    for (std::size_t i = 0; i < tables.size(); ++i)
        if (is_migratable_name(tables[i].source.table))
            all[i].unquoted_name_works = unquoted_name_works(source, tables[i].source);
    return all;
}

std::string definition_of(Server& source, const TableName& table) {
    return text(source.connection().query("SHOW CREATE TABLE " + mysql::quote_name(table)).rows.at(0).at(1));
}

mysql::DatabaseObjects read_programs(Server& source, const std::string& database) {
    mysql::DatabaseObjects objects = mysql::read_objects(source, database);
    using Kind = mysql::StoredObject::Kind;
    const auto give = [&](Kind kind, const std::string& query) {
        std::map<std::string, std::string> bodies;
        for (const Row& row : source.connection().query(query).rows) bodies[text(row[0])] = text(row[1]);
        for (mysql::StoredObject& object : objects.stored)
            if (object.kind == kind) object.body = bodies[object.name.table];
    };
    const std::string schema = mysql::quote_text(database);
    give(Kind::trigger,
         "SELECT TRIGGER_NAME, ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = " +
             schema);
    give(Kind::event,
         "SELECT EVENT_NAME, EVENT_DEFINITION FROM information_schema.EVENTS WHERE EVENT_SCHEMA = " + schema);
    return objects;
}

}  // namespace transload::shardingsphere

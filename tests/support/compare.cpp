#include "tests/support/compare.hpp"

#include <map>
#include <set>

#include "tests/support/sql.hpp"

namespace transload::test {
namespace {

using Objects = std::map<std::string, std::string>;  // "view `v`" → its definition

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

std::string joined(const Row& row) {
    std::string text;
    for (const auto& cell : row) text += (cell ? *cell : "NULL") + "\x1f";
    return text;
}

std::vector<std::string> names(const TestServer& server, const std::string& statement) {
    std::vector<std::string> found;
    for (const Row& row : query(server, statement)) found.push_back(row.at(0).value_or(""));
    return found;
}

std::string literal(const std::string& text) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string hex = "_utf8mb4 x'";
    for (const char c : text) {
        hex += digits[static_cast<unsigned char>(c) >> 4];
        hex += digits[static_cast<unsigned char>(c) & 15];
    }
    return hex + "'";
}

/// What SHOW CREATE says, without the times at which objects were made.
std::string definition(const TestServer& server, const std::string& kind, const std::string& database,
                       const std::string& name) {
    const auto rows = query(server, "SHOW CREATE " + kind + " " + identifier(name), database);
    Row row = rows.at(0);
    if (kind == "TRIGGER" && row.size() > 6) row.resize(6);  // the seventh column is the time of creation
    return joined(row);
}

Objects objects_of(const TestServer& server, const std::string& database) {
    Objects objects;
    const std::string schema = literal(database);
    const auto add = [&](const std::string& kind, const std::string& list) {
        for (const std::string& name : names(server, list))
            objects[kind + " " + identifier(name)] = definition(server, kind, database, name);
    };
    add("TABLE", "SELECT table_name FROM information_schema.tables WHERE table_type LIKE '%TABLE%' AND table_schema = " + schema);
    add("VIEW", "SELECT table_name FROM information_schema.views WHERE table_schema = " + schema);
    add("TRIGGER", "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = " + schema);
    add("EVENT", "SELECT event_name FROM information_schema.events WHERE event_schema = " + schema);
    add("PROCEDURE", "SELECT routine_name FROM information_schema.routines WHERE routine_type = 'PROCEDURE' AND routine_schema = " + schema);
    add("FUNCTION", "SELECT routine_name FROM information_schema.routines WHERE routine_type = 'FUNCTION' AND routine_schema = " + schema);
    for (const Row& row : query(server, "SELECT CONCAT(event_object_table, ' ', action_timing, ' ', event_manipulation, ' ', action_order), "
                                        "trigger_name FROM information_schema.triggers WHERE trigger_schema = " + schema))
        objects["ORDER " + row.at(0).value_or("")] = row.at(1).value_or("");
    objects["DATABASE"] = joined(query(server, "SELECT default_character_set_name, default_collation_name FROM "
                                               "information_schema.schemata WHERE schema_name = " + schema).at(0));
    return objects;
}

/// All rows of a table as text, each column in hex with its length clear and NULL apart from everything.
std::multiset<std::string> rows_of(const TestServer& server, const std::string& database, const std::string& table) {
    std::string list;
    for (const Row& column :
         query(server, "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = " +
                           literal(database) + " AND table_name = " + literal(table) + " ORDER BY ordinal_position")) {
        const std::string name = identifier(column.at(0).value_or(""));
        const std::string type = column.at(1).value_or("");
        std::string value = name;
        if (type == "float" || type == "double") value = "(" + name + " * 1e0)";  // all digits, and -0
        if (type == "enum" || type == "set") value = "CONCAT(CAST(" + name + " AS UNSIGNED), ':', HEX(CAST(" + name + " AS BINARY)))";
        else if (type == "bit") value = "BIN(" + name + " + 0)";
        // The protocol prints all digits of a DOUBLE; in a text expression MySQL 9 cuts some off.
        else if (type != "float" && type != "double") value = "HEX(CAST(" + value + " AS BINARY))";
        list += (list.empty() ? "" : ", ") + value;
    }
    std::multiset<std::string> rows;
    for (const Row& row : query(server, "SELECT " + list + " FROM " + identifier(database) + "." + identifier(table)))
        rows.insert(joined(row));
    return rows;
}

}  // namespace

std::vector<std::string> schema_differences(const TestServer& source, const std::string& source_database,
                                            const TestServer& target, const std::string& target_database) {
    Objects here = objects_of(source, source_database);
    Objects there = objects_of(target, target_database);
    std::vector<std::string> differences;
    for (const auto& [name, text] : here) {
        const auto found = there.find(name);
        if (found == there.end()) {
            differences.push_back(name + " is missing on the target");
            continue;
        }
        const std::string mapped =
            replaced(found->second, identifier(target_database), identifier(source_database));
        if (mapped != text) differences.push_back(name + " differs:\n" + text + "\n---\n" + found->second);
    }
    for (const auto& [name, text] : there)
        if (!here.contains(name)) differences.push_back(name + " is on the target only");
    return differences;
}

std::vector<std::string> row_differences(const TestServer& source, const std::string& source_database,
                                         const TestServer& target, const std::string& target_database) {
    std::vector<std::string> differences;
    for (const std::string& table : names(source, "SELECT table_name FROM information_schema.tables WHERE table_type LIKE "
                                                  "'%TABLE%' AND table_schema = " + literal(source_database))) {
        const auto here = rows_of(source, source_database, table);
        const auto there = rows_of(target, target_database, table);
        if (here != there)
            differences.push_back(table + ": " + std::to_string(here.size()) + " rows on the source, " +
                                  std::to_string(there.size()) + " on the target, not the same");
    }
    return differences;
}

}  // namespace transload::test

#include "adapters/liquibase/judge.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <pugixml.hpp>
#include <map>
#include <regex>
#include <sstream>

#include "adapters/liquibase/sql_tokens.hpp"

namespace transload::liquibase {
namespace {

bool plain_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

bool plain_text(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == ' ' || c == '-' || c == '.' || c == ',';
    });
}

bool only(const pugi::xml_node& node, std::initializer_list<std::string_view> attributes) {
    return std::all_of(
        node.attributes().begin(), node.attributes().end(), [&](const pugi::xml_attribute& attribute) {
            return std::find(attributes.begin(), attributes.end(), std::string_view(attribute.name())) !=
                   attributes.end();
        });
}

/// The type as SHOW CREATE writes it without display width, for types that survive the way through Liquibase.
std::optional<std::string> shown_type(const std::string& type) {
    static constexpr std::array<std::string_view, 14> whole{"INT",
                                                            "INT UNSIGNED",
                                                            "BIGINT",
                                                            "BIGINT UNSIGNED",
                                                            "SMALLINT",
                                                            "SMALLINT UNSIGNED",
                                                            "MEDIUMINT",
                                                            "MEDIUMINT UNSIGNED",
                                                            "TINYINT UNSIGNED",
                                                            "DATE",
                                                            "TEXT",
                                                            "LONGTEXT",
                                                            "MEDIUMTEXT",
                                                            "TINYTEXT"};
    if (std::find(whole.begin(), whole.end(), type) != whole.end()) {
        std::string lower = type;
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        return lower;
    }
    static const std::regex sized("(VARCHAR|CHAR)\\(([0-9]+)\\)"), decimal("DECIMAL\\(([0-9]+), ([0-9]+)\\)");
    std::smatch found;
    if (std::regex_match(type, found, sized))
        return (found[1] == "CHAR" ? "char(" : "varchar(") + found[2].str() + ")";
    if (std::regex_match(type, found, decimal))
        return "decimal(" + found[1].str() + "," + found[2].str() + ")";
    return std::nullopt;
}

struct PredictedColumn {
    std::string text;
    bool primary = false;
};

std::optional<PredictedColumn> predict(const pugi::xml_node& column) {
    if (!only(column, {"name", "type", "autoIncrement", "defaultValue", "defaultValueNumeric",
                       "defaultValueComputed", "remarks"}))
        return std::nullopt;
    const std::string name = column.attribute("name").value();
    const auto type = shown_type(column.attribute("type").value());
    if (!type || !plain_name(name)) return std::nullopt;
    PredictedColumn result;
    bool not_null = false;
    for (const auto& child : column.children()) {
        if (std::string_view(child.name()) != "constraints" || !only(child, {"nullable", "primaryKey"}))
            return std::nullopt;
        not_null = std::string_view(child.attribute("nullable").value()) == "false";
        result.primary = std::string_view(child.attribute("primaryKey").value()) == "true";
    }
    if (result.primary) not_null = true;
    const bool text = type->ends_with("text");
    result.text = "`" + name + "` " + *type;
    if (not_null) result.text += " NOT NULL";
    const auto value = column.attribute("defaultValue"), number = column.attribute("defaultValueNumeric");
    const std::string computed = column.attribute("defaultValueComputed").value();
    const bool is_character = type->starts_with("varchar") || type->starts_with("char");
    if (value) {
        // Liquibase writes the text null for some absent defaults.
        if (!is_character || !plain_text(value.value()) || upper(value.value()) == "NULL")
            return std::nullopt;
        result.text += std::string(" DEFAULT '") + value.value() + "'";
    } else if (number) {
        static const std::regex digits("-?[0-9]+(\\.[0-9]+)?");
        if (is_character || text || !std::regex_match(number.value(), digits)) return std::nullopt;
        result.text += std::string(" DEFAULT '") + number.value() + "'";
    } else if (!computed.empty() && computed != "NULL") {
        return std::nullopt;
    } else if (!not_null && !text) {
        result.text += " DEFAULT NULL";
    }
    if (std::string_view(column.attribute("autoIncrement").value()) == "true")
        result.text += " AUTO_INCREMENT";
    if (const std::string remarks = column.attribute("remarks").value(); !remarks.empty()) {
        if (!plain_text(remarks)) return std::nullopt;
        result.text += " COMMENT '" + remarks + "'";
    }
    return result;
}

/// `text` without the display widths that a column gets by itself. Another width is the table's own.
std::string without_default_widths(const std::string& text) {
    static const std::map<std::string, std::string> widths{
        {"tinyint", "4"},           {"tinyint unsigned", "3"}, {"smallint", "6"}, {"smallint unsigned", "5"},
        {"mediumint", "9"},         {"mediumint unsigned", "8"}, {"int", "11"},   {"int unsigned", "10"},
        {"bigint", "20"},           {"bigint unsigned", "20"}};
    static const std::regex type("\\b(tinyint|smallint|mediumint|int|bigint)\\(([0-9]+)\\)( unsigned)?");
    std::string result;
    auto from = text.cbegin();
    for (std::sregex_iterator match(text.begin(), text.end(), type), end; match != end; ++match) {
        const std::string name = (*match)[1].str() + (*match)[3].str();
        result.append(from, (*match)[0].first);
        result += widths.at(name) == (*match)[2].str() ? name : (*match)[0].str();
        from = (*match)[0].second;
    }
    return result.append(from, text.cend());
}

/// Numbers without quotes (MariaDB) and display widths (before 8.0.19) are the server's habit, not the
/// table's.
std::string without_habits(std::string text) {
    static const std::regex number("DEFAULT (-?[0-9]+(\\.[0-9]+)?)(?=[ ,\n])"),
        null_text("(`[^`]+` [a-z]*text) DEFAULT NULL");
    text = without_default_widths(text);
    text = std::regex_replace(text, number, "DEFAULT '$1'");
    return std::regex_replace(text, null_text, "$1");
}

/// True when the options are no other than those that a table gets by itself in this database.
bool default_options(const TableDefinition& table, const SourceDatabase& database, std::string& comment) {
    const std::vector<Token> tokens = significant(tokenize(table.tail));
    std::size_t at = 0;
    const auto words = [&](std::initializer_list<std::string_view> wanted) {
        for (const std::string_view word : wanted) {
            if (at >= tokens.size() || upper(tokens[at].text) != word) return false;
            ++at;
        }
        return true;
    };
    if (!words({")", "ENGINE", "=", "INNODB", "DEFAULT", "CHARSET", "=", upper(database.charset)}))
        return false;
    if (at < tokens.size() && tokens[at].is_word("COLLATE")) {
        if (!words({"COLLATE", "=", upper(database.collation)})) return false;
    } else if (!database.default_collation) {
        return false;
    }
    if (at < tokens.size() && tokens[at].is_word("COMMENT")) {
        if (at + 3 != tokens.size()) return false;
        comment = literal_value(tokens[at + 2].text);
        at += 3;
    }
    return at == tokens.size();
}

}  // namespace

GeneratedTables read_generated(const std::string& file) {
    GeneratedTables result;
    pugi::xml_document document;
    if (!document.load_file(file.c_str())) return result;
    for (const auto& change_set : document.child("databaseChangeLog").children("changeSet"))
        for (const auto& create : change_set.children("createTable")) {
            std::ostringstream xml;
            create.print(xml, "", pugi::format_raw);
            result[create.attribute("tableName").value()] = xml.str();
        }
    return result;
}

std::string predicted_table(const std::string& generated) {
    pugi::xml_document document;
    if (!document.load_string(generated.c_str())) return {};
    const pugi::xml_node table = document.child("createTable");
    if (!only(table, {"tableName", "remarks"}) || !plain_name(table.attribute("tableName").value()))
        return {};
    std::string text = std::string("CREATE TABLE `") + table.attribute("tableName").value() + "` (", keys;
    bool first = true;
    for (const auto& child : table.children()) {
        const auto column = std::string_view(child.name()) == "column" ? predict(child) : std::nullopt;
        if (!column) return {};
        text += (first ? "\n  " : ",\n  ") + column->text;
        first = false;
        if (column->primary)
            keys += std::string(keys.empty() ? "`" : ",`") + child.attribute("name").value() + "`";
    }
    if (!keys.empty()) text += ",\n  PRIMARY KEY (" + keys + ")";
    return text + "\n";
}

std::string kept_change(const std::string& generated, const std::string& wanted,
                        const SourceDatabase& database) {
    const std::string predicted = predicted_table(generated);
    if (predicted.empty()) return {};
    std::optional<std::string> counter;
    const TableDefinition table = parse_table(without_auto_increment(wanted, &counter));
    std::string comment;
    if (!default_options(table, database, comment) || !plain_text(comment)) return {};
    const std::string described = table.text();
    if (without_habits(described.substr(0, described.size() - table.tail.size())) != predicted) return {};

    pugi::xml_document document;
    document.load_string(generated.c_str());
    pugi::xml_node change = document.child("createTable");
    if (comment != change.attribute("remarks").value()) return {};
    if (counter) {
        pugi::xml_node column = change.find_child([](const pugi::xml_node& node) {
            return std::string_view(node.attribute("autoIncrement").value()) == "true";
        });
        if (!column) return {};
        column.append_attribute("startWith") = counter->c_str();
    }
    std::ostringstream xml;
    change.print(xml, "    ", pugi::format_indent, pugi::encoding_utf8, 2);
    return xml.str();
}

}  // namespace transload::liquibase

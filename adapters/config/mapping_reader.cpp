#include "adapters/config/mapping_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "adapters/config/config_error.hpp"

namespace transload::config {
namespace {

constexpr std::size_t longest_name = 64;  // characters, of any MySQL or MariaDB identifier
constexpr std::size_t most_rules = 10'000;

std::size_t characters(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string name_of(const Value& value, std::string_view what, bool whole = true) {
    std::string name = value.text();
    if (characters(name) > longest_name)
        value.wrong_value(fmt::format("the {} {} has more than {} characters", what, shown(name), longest_name));
    if (whole && name.back() == ' ') value.wrong_value(fmt::format("the {} {} ends with a space", what, shown(name)));
    return name;
}

/// True for a glob that several names may fit.
bool has_wildcard(std::string_view glob) {
    for (std::size_t i = 0; i < glob.size(); ++i) {
        if (glob[i] == '\\')
            ++i;
        else if (glob[i] == '*' || glob[i] == '?' || glob[i] == '[')
            return true;
    }
    return false;
}

void check_rename(const Value& rename, const TableMapping& mapping) {
    if (has_wildcard(mapping.match))
        throw config_error("config.conflict", rename.path(),
                           fmt::format("gives one name to all tables that fit {}", shown(mapping.match)),
                           "Match one table without wildcards, or use prefix or suffix.");
    if (!mapping.prefix.empty() || !mapping.suffix.empty())
        throw config_error("config.conflict", rename.path(), "stands beside prefix or suffix",
                           "Write the whole new name in rename, or leave it out.");
}

/// "orders=orders_v2"
TableMapping read_short_form(const Value& value) {
    const std::string text = value.text();
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size() ||
        text.find('=', equals + 1) != std::string::npos)
        value.wrong_value(fmt::format("expected TABLE=NEW_NAME, got {}", shown(text)),
                          "Names with an equals sign in them are written as {match: …, rename: …} in a job file.");
    TableMapping mapping;
    mapping.match = text.substr(0, equals);
    const Node rename = Node::word(text.substr(equals + 1), value.node().origin);
    const Value renamed(rename, value.path());
    mapping.rename = name_of(renamed, "table name");
    check_rename(renamed, mapping);
    return mapping;
}

void read_columns(const Value& value, TableMapping& mapping) {
    if (!value.is_map()) value.wrong_type("a map of column names, old: new");
    std::set<std::string> targets;
    for (const auto& [name, target] : value.node().members) {
        const Value renamed(target, fmt::format("{}.{}", value.path(), shown(name)));
        if (name.empty()) renamed.wrong_value("the name of the source column is empty");
        std::string wanted = name_of(renamed, "column name");
        if (!targets.insert(wanted).second)
            throw config_error("config.conflict", renamed.path(),
                               fmt::format("two columns would be called {}", shown(wanted)));
        mapping.columns.emplace(name, std::move(wanted));
    }
}

void read_leave_out(const Value& value, TableMapping& mapping) {
    mapping.leave_out = value.texts();
    std::set<std::string> seen;
    for (const std::string& name : mapping.leave_out) {
        if (!seen.insert(name).second) value.wrong_value(fmt::format("names {} twice", shown(name)));
        if (mapping.columns.contains(name))
            throw config_error("config.conflict", value.path(),
                               fmt::format("names {}, which columns renames", shown(name)), "Keep one of them.");
    }
}

TableMapping read_mapping(const Value& value) {
    if (!value.is_map()) return read_short_form(value);
    const MapReader map(value.node(), value.path(),
                        {"match", "rename", "prefix", "suffix", "columns", "leave_out", "where"});
    const auto match = map.get("match");
    if (!match)
        throw config_error("config.missing", map.path_of("match"), "is missing",
                           "Say which table the rule is for: a name or a shell glob.");
    TableMapping mapping;
    mapping.match = match->text();
    if (const auto prefix = map.get("prefix")) mapping.prefix = name_of(*prefix, "prefix", false);
    if (const auto suffix = map.get("suffix")) mapping.suffix = name_of(*suffix, "suffix");
    if (characters(mapping.prefix) + characters(mapping.suffix) >= longest_name)
        value.wrong_value(fmt::format("prefix and suffix leave no room for a name of up to {} characters", longest_name));
    if (const auto rename = map.get("rename")) {
        mapping.rename = name_of(*rename, "table name");
        check_rename(*rename, mapping);
    }
    if (const auto columns = map.get("columns")) read_columns(*columns, mapping);
    if (const auto leave_out = map.get("leave_out")) read_leave_out(*leave_out, mapping);
    if (const auto where = map.get("where")) mapping.where = where->text();
    return mapping;
}

}  // namespace

std::vector<TableMapping> read_mappings(const Value& value) {
    const std::vector<Value> items = value.items();
    if (items.size() > most_rules) value.wrong_value(fmt::format("has more than {} rules", most_rules));
    std::vector<TableMapping> mappings;
    std::map<std::string, std::string> matched;  // → path of the rule
    for (const Value& item : items) {
        mappings.push_back(read_mapping(item));
        const auto [first, added] = matched.emplace(mappings.back().match, item.path());
        if (!added)
            throw config_error("config.conflict", item.path(),
                               fmt::format("matches {}, which {} does already", shown(mappings.back().match), first->second),
                               "The first rule that fits a table is its: write one rule for it.");
    }
    return mappings;
}

}  // namespace transload::config

#include "adapters/config/database_mapping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "adapters/config/config_error.hpp"

namespace transload::config {
namespace {

using Names = std::vector<std::pair<std::string, std::string>>;

/// Which source databases move; targets only where the document names them.
Names chosen(const DatabaseWords& named, const DatabaseWords& source) {
    if (named.names.empty()) return source.names;
    // A flag or the environment may narrow or widen what a file says; within one place they must agree.
    if (named.origin > source.origin) return named.names;
    for (const auto& [name, ignored] : source.names) {
        const auto same = [&name = name](const auto& other) { return other.first == name; };
        if (std::none_of(named.names.begin(), named.names.end(), same))
            throw config_error("config.conflict", named.path,
                               fmt::format("does not name {}, which {} does", shown(name), source.path),
                               "Leave the database out of the source, or name it here too.");
    }
    return named.names;
}

void pair_with_target(Names& names, const DatabaseWords& target) {
    if (target.names.empty()) return;
    if (target.names.size() != names.size())
        throw config_error(
            "config.conflict", target.path,
            fmt::format("names {} target database{} for {} of the source", target.names.size(),
                        target.names.size() == 1 ? "" : "s", names.size()),
            "Leave the database out of the target, or map each: databases: {source: target, …}.");
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string& wanted = target.names[i].first;
        if (!names[i].second.empty() && names[i].second != wanted)
            throw config_error(
                "config.conflict", target.path,
                fmt::format("says {} where the map says {}", shown(wanted), shown(names[i].second)),
                "Leave the database out of the target.");
        names[i].second = wanted;
    }
}

void check_unique(const std::vector<DatabaseMapping>& mappings, const std::string& path) {
    for (std::size_t i = 0; i < mappings.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (mappings[i].source == mappings[j].source)
                throw config_error("config.conflict", path,
                                   fmt::format("names {} twice", shown(mappings[i].source)));
            if (mappings[i].target == mappings[j].target)
                throw config_error(
                    "config.conflict", path,
                    fmt::format("moves {} and {} into the same database {}", shown(mappings[j].source),
                                shown(mappings[i].source), shown(mappings[i].target)),
                    "Give each its own target.");
        }
    }
}

}  // namespace

void check_database_name(const std::string& name, const std::string& path) {
    constexpr std::size_t longest = 64;  // characters, of any MySQL or MariaDB identifier
    const auto characters = std::count_if(
        name.begin(), name.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
    if (static_cast<std::size_t>(characters) > longest)
        throw config_error(
            "config.value", path,
            fmt::format("the database name {} has more than {} characters", shown(name), longest));
    if (name.back() == ' ')
        throw config_error("config.value", path,
                           fmt::format("the database name {} ends with a space", shown(name)));
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr auto system = std::to_array<std::string_view>(
        {"mysql", "sys", "information_schema", "performance_schema", "ndbinfo"});
    if (std::find(system.begin(), system.end(), lower) != system.end())
        throw config_error("config.value", path,
                           fmt::format("{} belongs to the server itself and does not move", shown(name)),
                           "Name the databases that hold your data.");
}

DatabaseWords read_databases(const Value& value) {
    constexpr std::size_t most = 1000;
    DatabaseWords words{{}, value.path(), value.node().origin};
    if (value.is_map()) {
        for (const auto& [name, target] : value.node().members) {
            const Value named(target, fmt::format("{}.{}", value.path(), shown(name)));
            if (name.empty()) named.wrong_value("the name of the source database is empty");
            words.names.emplace_back(name, named.text());
        }
    } else if (value.is_list()) {
        for (const Value& item : value.items()) {
            if (!item.is_map()) {
                words.names.emplace_back(item.text(), std::string{});
                continue;
            }
            const MapReader map(item.node(), item.path(), {"source", "target"});
            const auto source = map.get("source");
            const auto target = map.get("target");
            if (!source) throw config_error("config.missing", map.path_of("source"), "is missing");
            words.names.emplace_back(source->text(), target ? target->text() : std::string{});
        }
    } else if (value.node().kind == NodeKind::word && value.node().origin != Origin::file) {
        for (std::string& name : value.texts()) words.names.emplace_back(std::move(name), std::string{});
    } else {
        value.wrong_type("a list of names or a map source: target");
    }
    if (words.names.empty()) value.wrong_value("names no database");
    if (words.names.size() > most) value.wrong_value(fmt::format("names more than {} databases", most));
    return words;
}

std::vector<DatabaseMapping> map_databases(const DatabaseWords& named, const DatabaseWords& source,
                                           const DatabaseWords& target) {
    Names names = chosen(named, source);
    if (names.empty())
        throw config_error("config.missing", "databases", "no source database is named",
                           "Put it into the source's URL (mysql://user@host:3306/shop) or name several: "
                           "--databases shop,audit.");
    pair_with_target(names, target);
    const std::string& path = named.names.empty() ? source.path : named.path;
    std::vector<DatabaseMapping> mappings;
    for (auto& [from, to] : names) {
        if (to.empty()) to = from;
        check_database_name(from, path);
        check_database_name(to, path);
        mappings.push_back({std::move(from), std::move(to)});
    }
    check_unique(mappings, path);
    return mappings;
}

}  // namespace transload::config

#include "adapters/config/sharding_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>

#include "adapters/config/config_error.hpp"
#include "adapters/config/database_mapping.hpp"
#include "adapters/config/units.hpp"

namespace transload::config {
namespace {

constexpr std::size_t most_units = 1'000;
constexpr std::size_t most_tables = 10'000;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// As DistSQL takes it without quotes.
void check_unit_name(const Value& unit, const std::string& name) {
    const auto allowed = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
    if (name.empty() || name.size() > 64 || std::isalpha(static_cast<unsigned char>(name.front())) == 0 ||
        !std::all_of(name.begin(), name.end(), allowed))
        unit.wrong_value(fmt::format("{} is no name of a storage unit", shown(name)),
                         "Use letters, digits and '_', beginning with a letter: ds_0.");
}

/// A member of a map whose keys are names that the user chose.
Value named_member(const Value& map, const std::string& name, const Node& node) {
    return {node, fmt::format("{}.{}", map.path(), name.empty() ? shown(name) : name)};
}

void check_distinct_case(const Value& map) {
    std::map<std::string, std::string_view> seen;
    for (const auto& [name, node] : map.node().members) {
        const auto [first, added] = seen.emplace(lower(name), name);
        if (!added)
            throw config_error("config.conflict", map.path(),
                               fmt::format("{} and {} differ in case only, which ShardingSphere does not see",
                                           shown(first->second), shown(name)));
    }
}

std::vector<StorageUnit> read_units(const Value& value, const EndpointRules& rules, const std::optional<Secret>& common) {
    static const ServerForm form{3306, {}, true};
    if (!value.is_map()) value.wrong_type("a map of units by their names");
    if (value.node().members.empty()) value.wrong_value("names no unit");
    if (value.node().members.size() > most_units) value.wrong_value(fmt::format("names more than {} units", most_units));
    check_distinct_case(value);
    std::vector<StorageUnit> units;
    for (const auto& [name, node] : value.node().members) {
        const Value member = named_member(value, name, node);
        check_unit_name(member, name);
        ServerWords words = read_server(member, form, rules);
        if (words.database.empty())
            throw config_error("config.missing", fmt::format("{}.database", member.path()), "is missing",
                               "Put it into the unit's URL (mysql://user@host:3306/shop_0) or beside it.");
        check_database_name(words.database, member.path());
        if (!words.has_password && common) words.endpoint.password = *common;
        units.push_back({name, std::move(words.endpoint), std::move(words.database)});
    }
    for (std::size_t i = 0; i < units.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (units[i].endpoint.host == units[j].endpoint.host && units[i].endpoint.port == units[j].endpoint.port &&
                units[i].database == units[j].database)
                throw config_error("config.conflict", fmt::format("{}.{}", value.path(), units[i].name),
                                   fmt::format("is the same database as {}", units[j].name),
                                   "Give each unit a database of its own.");
    return units;
}

std::string read_unit_reference(const Value& value, const std::vector<StorageUnit>& units) {
    const std::string name = value.text();
    if (std::any_of(units.begin(), units.end(), [&](const StorageUnit& unit) { return unit.name == name; })) return name;
    std::vector<std::string_view> known;
    for (const StorageUnit& unit : units) known.push_back(unit.name);
    value.wrong_value(fmt::format("there is no unit {}{}", shown(name), did_you_mean(name, known)),
                      fmt::format("The units are {}.", fmt::join(known, ", ")));
}

/// Of an algorithm: any scalar, kept as it was written.
std::string read_property(const Value& value) {
    const bool plain = value.node().kind == NodeKind::number || value.node().kind == NodeKind::boolean;
    return plain ? value.node().text : value.text();
}

/// What hash_mod and mod can't do without: into how many tables, all units together.
void require_count(const ShardingRule& rule, const std::string& path) {
    const std::string algorithm = lower(rule.algorithm);
    if (algorithm != "hash_mod" && algorithm != "mod") return;
    const auto count = rule.properties.find("sharding-count");
    const std::string where = fmt::format("{}.properties.sharding-count", path);
    if (count == rule.properties.end())
        throw config_error("config.missing", where, fmt::format("is missing, and {} needs it", rule.algorithm),
                           "Say into how many tables the rows go, over all units: properties: {sharding-count: 4}.");
    const auto number = parse_count(count->second);
    if (!number || *number < 1)
        throw config_error("config.value", where,
                           fmt::format("expected a number from 1 on, got {}", shown(count->second)));
    if (*number < rule.units.size())
        throw config_error("config.value", where,
                           fmt::format("{} tables can't use {} units", *number, rule.units.size()),
                           "Name as many as there are units, or a multiple of that.");
}

void read_properties(const Value& value, ShardingRule& rule) {
    if (!value.is_map()) value.wrong_type("a map");
    for (const auto& [name, node] : value.node().members) {
        if (name.empty()) value.wrong_value("holds a property without a name");
        rule.properties[name] = read_property(named_member(value, name, node));
    }
}

ShardingRule read_rule(const std::string& table, const Value& value, const std::vector<StorageUnit>& units) {
    constexpr std::string_view algorithm_letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    if (table.empty() || table.size() > 64 * 4) value.wrong_value("is no name of a table");
    const MapReader map(value.node(), value.path(), {"units", "column", "algorithm", "properties"});
    ShardingRule rule;
    rule.table = table;
    const auto names = map.get("units");
    if (!names) throw config_error("config.missing", map.path_of("units"), "is missing", "Name the units: [ds_0, ds_1].");
    for (const Value& item : names->items()) {
        std::string name = read_unit_reference(item, units);
        if (std::find(rule.units.begin(), rule.units.end(), name) != rule.units.end())
            item.wrong_value(fmt::format("names {} twice", name));
        rule.units.push_back(std::move(name));
    }
    if (rule.units.empty()) names->wrong_value("names no unit");
    const auto column = map.get("column");
    if (!column)
        throw config_error("config.missing", map.path_of("column"), "is missing",
                           "Name the column whose value says where a row goes.");
    rule.column = column->text();
    if (const auto algorithm = map.get("algorithm")) {
        rule.algorithm = algorithm->text();
        if (rule.algorithm.find_first_not_of(algorithm_letters) != std::string::npos)
            algorithm->wrong_value(fmt::format("{} is no name of an algorithm", shown(rule.algorithm)),
                                   "hash_mod and mod are; ShardingSphere has more.");
    }
    if (const auto properties = map.get("properties")) read_properties(*properties, rule);
    require_count(rule, value.path());
    return rule;
}

std::vector<ShardingRule> read_rules(const Value& value, const std::vector<StorageUnit>& units) {
    if (!value.is_map()) value.wrong_type("a map of rules by the names of their tables");
    if (value.node().members.empty())
        value.wrong_value("names no table", "Name the tables that are to be spread; the others live in the default unit.");
    if (value.node().members.size() > most_tables)
        value.wrong_value(fmt::format("names more than {} tables", most_tables));
    check_distinct_case(value);
    std::vector<ShardingRule> rules;
    for (const auto& [table, node] : value.node().members)
        rules.push_back(read_rule(table, named_member(value, table, node), units));
    return rules;
}

/// A sharded target is described by its units alone.
Value sharding_of(const Value& target) {
    std::vector<std::string_view> keys{"sharding"};
    keys.insert(keys.end(), server_keys().begin(), server_keys().end());
    keys.insert(keys.end(), {"database", "databases"});
    const MapReader map(target.node(), target.path(), keys);
    for (const std::string_view key : keys)
        if (const auto other = map.get(key); other && key != "sharding")
            throw config_error("config.conflict", other->path(), "stands beside `sharding`",
                               "Say it of each storage unit: target.sharding.units.");
    return *map.get("sharding");
}

std::optional<Secret> common_password(const MapReader& job, const EndpointRules& rules) {
    PasswordChoice password;
    password.offer_keys(job, "target_password", "target_password_file", rules);
    return password.given() ? std::optional(password.take()) : std::nullopt;
}

}  // namespace

bool is_sharded(const Value& target) {
    return target.node().find("sharding") != nullptr;
}

ShardedTarget read_sharded_target(const MapReader& job, const Value& target, const EndpointRules& rules) {
    const Value sharding = sharding_of(target);
    const MapReader map(sharding.node(), sharding.path(),
                        {"database", "default_unit", "units", "tables", "leave_out_unsupported"});
    const auto required = [&](std::string_view key, std::string_view remedy) {
        const auto value = map.get(key);
        if (!value) throw config_error("config.missing", map.path_of(key), "is missing", remedy);
        return *value;
    };
    ShardedTarget sharded;
    const Value database = required("database", "Name the logical database that the proxies show: shop.");
    sharded.database = database.text();
    check_database_name(sharded.database, database.path());
    sharded.units = read_units(required("units", "Name the databases behind it: units: {ds_0: mysql://user@host/shop_0}."),
                               rules, common_password(job, rules));
    if (const auto unit = map.get("default_unit"))
        sharded.default_unit = read_unit_reference(*unit, sharded.units);
    else if (sharded.units.size() == 1)
        sharded.default_unit = sharded.units.front().name;
    else
        (void)required("default_unit", "Name the unit where tables without a rule live.");
    sharded.rules = read_rules(required("tables", "Name the tables that are to be spread, each with its rule."),
                               sharded.units);
    if (const auto leave_out = map.get("leave_out_unsupported")) sharded.leave_out_unsupported = leave_out->boolean();
    return sharded;
}

const StorageUnit& default_unit_of(const ShardedTarget& target) {
    const auto found = std::find_if(target.units.begin(), target.units.end(),
                                    [&](const StorageUnit& unit) { return unit.name == target.default_unit; });
    return found == target.units.end() ? target.units.front() : *found;
}

}  // namespace transload::config

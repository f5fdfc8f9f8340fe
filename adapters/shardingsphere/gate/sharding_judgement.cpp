#include "adapters/shardingsphere/gate/sharding_judgement.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <set>

#include "adapters/mysql/preflight/server.hpp"
#include "adapters/shardingsphere/distsql/distsql_quoting.hpp"
#include "orchestrator/plan/error.hpp"
#include "orchestrator/plan/selection.hpp"

namespace transload::shardingsphere {
namespace {

using mysql::DatabaseObjects;
using mysql::StoredObject;

enum class Places { whole_numbers, numbers_and_text, times };

/// The algorithms of 5.5.2 that place tables by themselves, as STORAGE_UNITS needs.
struct Algorithm {
    std::string_view name;
    Places places;
    std::vector<std::string_view> properties;
};

const std::vector<Algorithm>& algorithms() {
    static const std::vector<Algorithm> known{
        {"mod", Places::whole_numbers, {"sharding-count"}},
        {"hash_mod", Places::numbers_and_text, {"sharding-count"}},
        {"boundary_range", Places::whole_numbers, {"sharding-ranges"}},
        {"volume_range", Places::whole_numbers, {"range-lower", "range-upper", "sharding-volume"}},
        {"auto_interval", Places::times, {"datetime-lower", "datetime-upper", "sharding-seconds"}},
    };
    return known;
}

const Algorithm* algorithm_of(const ShardingRule& rule) {
    const std::string name = mysql::lower(rule.algorithm);
    for (const Algorithm& each : algorithms())
        if (each.name == name) return &each;
    return nullptr;
}

bool refused(const std::function<void()>& quote) {
    try {
        quote();
        return false;
    } catch (const Error&) {
        return true;
    }
}

bool is_identifier(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

/// As a whole word, in any case. Finds too much rather than too little: a word in a comment counts.
bool names(const std::string& text, const std::string& table) {
    const std::string where = mysql::lower(text), what = mysql::lower(table);
    for (std::size_t at = where.find(what); at != std::string::npos; at = where.find(what, at + 1)) {
        const std::size_t end = at + what.size();
        if ((at == 0 || !is_identifier(where[at - 1])) && (end == where.size() || !is_identifier(where[end])))
            return true;
    }
    return false;
}

bool whole_number(const Column& column) {
    return column.data_type == "tinyint" || column.data_type == "smallint" ||
           column.data_type == "mediumint" || column.data_type == "int" || column.data_type == "bigint";
}

bool text(const Column& column) {
    return column.data_type == "char" || column.data_type == "varchar";
}

/// hash_mod takes Java's hashCode of whatever class holds the value, and copy, change and query do not hold
/// the same number in the same class. These are the numbers for which that was seen; mod takes the number
/// itself.
std::string hash_trap(const Column& column, const TableFacts& facts) {
    if (column.data_type == "bigint" && column.is_unsigned)
        return "the copy of a BIGINT UNSIGNED and its changes have different hashes, so that changes are "
               "lost; mod has "
               "no such trap";
    if (column.data_type == "bigint" && facts.data.negative.contains(column.name))
        return "a negative BIGINT and the same number in a query have different hashes; mod has no such trap";
    return "";
}

}  // namespace

const ShardingRule* rule_of(const JobSpec& spec, const TablePlan& plan) {
    if (!spec.sharding) return nullptr;
    for (const ShardingRule& rule : spec.sharding->rules)
        if (mysql::lower(rule.table) == mysql::lower(plan.source.table)) return &rule;
    return nullptr;
}

std::vector<Reason> judge_rules(const JobSpec& spec, const std::vector<TablePlan>& tables) {
    std::vector<Reason> reasons;
    const auto add = [&](GateId id, const std::string& object, std::string message) {
        reasons.push_back({id, object, std::move(message), ""});
    };
    const ShardedTarget& target = *spec.sharding;
    if (spec.databases.size() > 1)
        add("shardingsphere.sharding_databases", target.database,
            fmt::format("the job moves {} databases onto one sharded target", spec.databases.size()));
    std::set<std::string> units, places;
    for (const StorageUnit& unit : target.units) {
        const std::string place =
            fmt::format("{}:{}/{}", unit.endpoint.host, unit.endpoint.port, unit.database);
        if (!units.insert(mysql::lower(unit.name)).second)
            add("shardingsphere.sharding_unit", unit.name,
                fmt::format("two storage units are called {}", unit.name));
        if (!places.insert(place).second)
            add("shardingsphere.sharding_unit", unit.name, fmt::format("two storage units are {}", place));
        if (refused([&] { (void)quote_proxy_name(unit.name); }))
            add("shardingsphere.sharding_name", unit.name,
                fmt::format("a storage unit can't be called {}", unit.name));
    }
    const auto unknown = [&](const std::string& unit) { return !units.contains(mysql::lower(unit)); };
    if (unknown(target.default_unit))
        add("shardingsphere.sharding_unit", target.default_unit,
            fmt::format("the default unit {} is none of the target's", target.default_unit));
    std::set<std::string> seen;
    for (const ShardingRule& rule : target.rules) {
        if (!seen.insert(mysql::lower(rule.table)).second)
            add("shardingsphere.sharding_table", rule.table, fmt::format("{} has two rules", rule.table));
        if (std::none_of(tables.begin(), tables.end(), [&](const TablePlan& plan) {
                return mysql::lower(plan.source.table) == mysql::lower(rule.table);
            }))
            add("shardingsphere.sharding_table", rule.table,
                fmt::format("there is a rule for {}, which the job does not move", rule.table));
        if (refused([&] { (void)quote_proxy_name(rule.table); }) ||
            refused([&] { (void)quote_table_name(rule.column); }))
            add("shardingsphere.sharding_name", rule.table,
                fmt::format("DistSQL can't carry the rule for {} by {}", rule.table, rule.column));
        if (rule.units.empty())
            add("shardingsphere.sharding_unit", rule.table,
                fmt::format("the rule for {} names no unit", rule.table));
        for (const std::string& unit : rule.units)
            if (unknown(unit))
                add("shardingsphere.sharding_unit", rule.table,
                    fmt::format("the rule for {} names {}, which is no unit of the target", rule.table,
                                unit));
        const Algorithm* algorithm = algorithm_of(rule);
        if (!algorithm) {
            add("shardingsphere.sharding_algorithm", rule.table,
                fmt::format("{} is no algorithm that places tables by itself", rule.algorithm));
            continue;
        }
        for (const std::string_view property : algorithm->properties)
            if (!rule.properties.contains(std::string(property)))
                add("shardingsphere.sharding_algorithm", rule.table,
                    fmt::format("{} of {} needs the property {}", rule.algorithm, rule.table, property));
    }
    return reasons;
}

std::vector<Reason> judge_sharded_table(const TablePlan& plan, const TableFacts& facts,
                                        const ShardingRule& rule) {
    std::vector<Reason> reasons;
    const std::string table = plan.source.display();
    const auto add = [&](GateId id, std::string message) {
        reasons.push_back({id, table, std::move(message), ""});
    };
    const std::string wanted = mysql::lower(rule.column);
    const auto column = std::find_if(plan.columns.begin(), plan.columns.end(),
                                     [&](const Column& each) { return mysql::lower(each.name) == wanted; });
    if (column == plan.columns.end()) {
        add("shardingsphere.sharding_column", fmt::format("{} has no column {}", table, rule.column));
        return reasons;
    }
    if (column->nullable)
        add("shardingsphere.sharding_column", fmt::format("{}.{} may be NULL", table, column->name));
    if (column->generated)
        add("shardingsphere.sharding_column", fmt::format("{}.{} is generated", table, column->name));
    if (const Algorithm* algorithm = algorithm_of(rule)) {
        const bool fits = algorithm->places == Places::whole_numbers ? whole_number(*column)
                          : algorithm->places == Places::numbers_and_text
                              ? whole_number(*column) || text(*column)
                              : column->data_type == "datetime";
        if (!fits)
            add("shardingsphere.sharding_column",
                fmt::format("{}.{} is {}, which {} does not place the same in copy, change and query", table,
                            column->name, column->column_type, rule.algorithm));
        if (algorithm->places == Places::numbers_and_text)
            if (const std::string trap = hash_trap(*column, facts); !trap.empty())
                add("shardingsphere.sharding_column", fmt::format("{}.{}: {}", table, column->name, trap));
    }
    for (const IndexFacts& index : facts.indexes)
        if (index.unique &&
            std::none_of(index.columns.begin(), index.columns.end(),
                         [&](const std::string& each) { return mysql::lower(each) == wanted; }))
            add("shardingsphere.sharding_uniqueness",
                fmt::format("unique key {} of {} does not contain {}", index.name, table, column->name));
    return reasons;
}

std::vector<Reason> judge_dependants(const DatabaseObjects& objects, const std::vector<TablePlan>& tables,
                                     const Selection& selection) {
    std::vector<Reason> reasons;
    const auto find = [&](const TableName& name) {
        const auto found = std::find_if(tables.begin(), tables.end(),
                                        [&](const TablePlan& plan) { return plan.source == name; });
        return found == tables.end() ? nullptr : &*found;
    };
    const auto sharded = [&](const TableName& name) {
        const TablePlan* plan = find(name);
        return plan && plan->sharded;
    };
    for (const mysql::ForeignKey& key : objects.foreign_keys)
        if (sharded(key.child))
            reasons.push_back({"shardingsphere.sharding_child", key.child.display(),
                               fmt::format("foreign key {} of {} refers to {}", key.name, key.child.display(),
                                           key.parent.display()),
                               ""});
        else if (find(key.child) && sharded(key.parent))
            reasons.push_back({"shardingsphere.sharding_foreign_key", key.child.display(),
                               fmt::format("foreign key {} of {} refers to {}", key.name, key.child.display(),
                                           key.parent.display()),
                               ""});
    std::vector<std::string> absent;  // what no single server of the target has
    for (const TablePlan& plan : tables)
        if (plan.sharded && plan.source.database == objects.database) absent.push_back(plan.source.table);
    if (absent.empty()) return reasons;
    std::vector<const StoredObject*> open;
    for (const StoredObject& object : objects.stored) {
        const bool trigger = object.kind == StoredObject::Kind::trigger;
        const TableName on{objects.database, object.table};
        if (trigger && sharded(on))
            reasons.push_back({"shardingsphere.sharding_trigger", on.display(),
                               fmt::format("trigger {} is on {}", object.name.table, on.display()), ""});
        else if (trigger ? find(on) != nullptr
                         : object.kind != StoredObject::Kind::view ||
                               selects(selection, object.name.database, object.name.table))
            open.push_back(&object);
    }
    // A view that can't exist takes along what names it.
    for (std::size_t i = 0; i < absent.size(); ++i) {
        const std::string name = absent[i];
        std::erase_if(open, [&](const StoredObject* object) {
            if (!names(object->body, name)) return false;
            reasons.push_back({"shardingsphere.sharding_program", object->name.display(),
                               fmt::format("{} {} names {}.{}", mysql::word_for(object->kind),
                                           object->name.display(), objects.database, name),
                               ""});
            if (object->kind == StoredObject::Kind::view) absent.push_back(object->name.table);
            return true;
        });
    }
    return reasons;
}

}  // namespace transload::shardingsphere

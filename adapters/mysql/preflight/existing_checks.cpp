#include <fmt/format.h>

#include <array>
#include <map>
#include <set>

#include "adapters/mysql/preflight/context.hpp"
#include "adapters/mysql/quoting.hpp"
#include "orchestrator/plan/names.hpp"

/// What the target holds already under the names that the job will use.
namespace transload::mysql {
namespace {

using Kind = StoredObject::Kind;

std::string key_of(const Server& target, const TableName& name) {
    return target.ignores_case() ? lower(name.display()) : name.display();
}

/// Every base table of the target databases, by key.
std::map<std::string, TableName> existing_tables(const Context& context) {
    std::map<std::string, TableName> tables;
    for (const DatabaseObjects& database : context.target_objects)
        for (const std::string& table : database.tables) {
            const TableName name{database.database, table};
            tables.emplace(key_of(context.target, name), name);
        }
    return tables;
}

void report_existing_table(Context& context, const TableName& name) {
    const bool rows =
        !context.target.connection().query("SELECT 1 FROM " + quote_name(name) + " LIMIT 1").rows.empty();
    const std::string state = rows ? "exists and has rows" : "exists, without rows";
    const std::string drop = "DROP TABLE " + quote_name(name);
    switch (context.spec.if_exists) {
        case IfExists::refuse:
            context.log.add("target.table_exists", name.display(),
                            fmt::format("{} {} on the target", name.display(), state),
                            fmt::format("{} on the target, choose another database, or set if_exists to {}",
                                        drop, rows ? "truncate or drop" : "empty_ok, truncate or drop"));
            break;
        case IfExists::empty_ok:
            if (rows)
                context.log.add(
                    "target.table_exists", name.display(),
                    fmt::format("{} {} on the target", name.display(), state),
                    fmt::format("TRUNCATE TABLE {} on the target, or set if_exists to truncate or drop",
                                quote_name(name)));
            break;
        case IfExists::truncate:
        case IfExists::drop:
            context.log.add("target.table_exists", Severity::warning, name.display(),
                            fmt::format("{} {} on the target and will be {}", name.display(), state,
                                        context.spec.if_exists == IfExists::drop ? "dropped" : "emptied"),
                            rows ? fmt::format("keep a backup of {}", name.display()) : "nothing");
            break;
    }
}

void find_existing_tables(Context& context) {
    const auto existing = existing_tables(context);
    for (const TablePlan& plan : context.tables)
        if (const auto found = existing.find(key_of(context.target, plan.target)); found != existing.end())
            report_existing_table(context, found->second);
}

void find_firing_triggers(Context& context) {
    if (context.spec.if_exists == IfExists::refuse || context.spec.if_exists == IfExists::drop) return;
    std::map<std::string, const TablePlan*> wanted;
    for (const TablePlan& plan : context.tables) wanted.emplace(key_of(context.target, plan.target), &plan);
    std::set<std::string> known;  // made again from the source's after the load
    for (const StoredObject* trigger : context.moving(Kind::trigger))
        known.insert(lower(context.target_database(trigger->name.database) + "." + trigger->name.table));
    for (const DatabaseObjects& database : context.target_objects)
        for (const StoredObject& object : database.stored) {
            if (known.contains(lower(object.name.display()))) continue;
            const TableName table{object.name.database, object.table};
            if (object.kind == Kind::trigger && object.fires_on_insert &&
                wanted.contains(key_of(context.target, table)))
                context.log.add(
                    "target.trigger_fires", object.name.display(),
                    fmt::format("trigger {} would fire for every row loaded into {}", object.name.display(),
                                table.display()),
                    "DROP TRIGGER " + quote_name(object.name) + " on the target, or set if_exists to drop");
        }
}

/// Views share their name space with tables, triggers one with triggers of the database, functions and
/// procedures have one each.
std::string name_space(Kind kind) {
    return kind == Kind::view || kind == Kind::sequence ? "table" : std::string(word_for(kind));
}

std::string drop_statement(const StoredObject& object) {
    std::string kind(word_for(object.kind));
    for (char& c : kind) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return "DROP " + kind + " " + quote_name(object.name);
}

/// Of a trigger: what its table is called on the target.
std::string table_on_target(const Context& context, const StoredObject& trigger) {
    for (const TablePlan& plan : context.tables)
        if (plan.source == TableName{trigger.name.database, trigger.table}) return plan.target.table;
    return trigger.table;
}

void find_existing_objects(Context& context) {
    std::map<std::pair<std::string, std::string>, const StoredObject*> existing;
    for (const DatabaseObjects& database : context.target_objects)
        for (const StoredObject& object : database.stored)
            existing.emplace(std::pair(name_space(object.kind), lower(object.name.display())), &object);
    const IfExists choice = context.spec.if_exists;
    const auto report = [&](const StoredObject& there) {
        const bool dropped = choice == IfExists::drop && there.kind == Kind::view;
        const std::string_view outcome = choice == IfExists::refuse ? ""
                                         : dropped                  ? " and will be dropped"
                                                                    : " and must be equal to the source's";
        context.log.add(
            "target.object_exists", choice == IfExists::refuse ? Severity::error : Severity::warning,
            there.name.display(),
            fmt::format("{} {} exists on the target{}", word_for(there.kind), there.name.display(), outcome),
            drop_statement(there) + " on the target, or choose another database");
    };
    // A table where a view is to be, or the other way round, can only be dropped.
    const Severity wrong_kind = choice == IfExists::drop ? Severity::warning : Severity::error;
    const auto tables = existing_tables(context);
    for (const StoredObject* object : context.moving_objects()) {
        const TableName name{context.target_database(object->name.database), object->name.table};
        const auto found = existing.find({name_space(object->kind), lower(name.display())});
        if (found != existing.end()) {
            const StoredObject& there = *found->second;
            // A table's own triggers are made again.
            const bool goes_with_table = there.kind == Kind::trigger && choice != IfExists::refuse &&
                                         there.table == table_on_target(context, *object);
            if (!goes_with_table) report(there);
        } else if (object->kind == Kind::view && tables.contains(key_of(context.target, name))) {
            context.log.add(
                "target.object_exists", wrong_kind, name.display(),
                fmt::format("the target holds a table named {}, where a view is to be", name.display()),
                "DROP TABLE " + quote_name(name) + " on the target, or choose another database");
        }
    }
    // A view where a table is to be.
    for (const TablePlan& plan : context.tables)
        if (const auto found = existing.find({"table", lower(plan.target.display())});
            found != existing.end())
            context.log.add("target.object_exists", wrong_kind, plan.target.display(),
                            fmt::format("the target holds a {} named {}, where a table is to be",
                                        word_for(found->second->kind), plan.target.display()),
                            drop_statement(*found->second) + " on the target, or choose another database");
}

void find_referring_tables(Context& context) {
    if (context.spec.if_exists == IfExists::refuse) return;
    std::map<std::string, const TablePlan*> wanted;
    for (const TablePlan& plan : context.tables) wanted.emplace(key_of(context.target, plan.target), &plan);
    for (const DatabaseObjects& database : context.target_objects)
        for (const ForeignKey& key : database.foreign_keys)
            if (wanted.contains(key_of(context.target, key.parent)) &&
                !wanted.contains(key_of(context.target, key.child)))
                context.log.add("target.foreign_key_refers", key.child.display(),
                                fmt::format("{} stays on the target and refers to {}", key.child.display(),
                                            key.parent.display()),
                                fmt::format("ALTER TABLE {} DROP FOREIGN KEY {} on the target",
                                            quote_name(key.child), quote_name(key.name)));
}

constexpr std::array checks{
    Check{"existing tables", find_existing_tables},
    Check{"triggers of existing tables", find_firing_triggers},
    Check{"existing views, triggers, routines and events", find_existing_objects},
    Check{"foreign keys of tables that stay", find_referring_tables},
};

}  // namespace

std::span<const Check> existing_checks() {
    return checks;
}

}  // namespace transload::mysql

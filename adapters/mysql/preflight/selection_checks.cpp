#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "adapters/mysql/preflight/context.hpp"
#include "orchestrator/plan/selection.hpp"

/// Is what was asked for there, and complete in itself?
namespace transload::mysql {
namespace {

bool is_system_database(std::string_view name) {
    const std::string folded = lower(name);
    return folded == "mysql" || folded == "sys" || folded == "information_schema" ||
           folded == "performance_schema" || folded == "_transload";
}

void refuse_system_databases(Context& context) {
    for (const DatabaseMapping& mapping : context.spec.databases)
        for (const std::string& name : {mapping.source, mapping.target})
            if (is_system_database(name)) {
                context.log.add("selection.system_database", name,
                                fmt::format("{} is a database that no job may read from or write to", name));
                if (mapping.source == mapping.target) break;
            }
}

bool is_like_table(const StoredObject& object) {
    return object.kind == StoredObject::Kind::view || object.kind == StoredObject::Kind::sequence;
}

/// A pattern without wildcards as the name that it means; "" for one with wildcards.
std::string literal_name(const std::string& pattern) {
    std::string name;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '*' || pattern[i] == '?' || pattern[i] == '[') return "";
        if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
        name += pattern[i];
    }
    return name;
}

/// True when the source holds a table, view or sequence that the pattern means.
bool matches_something(const Context& context, const std::string& pattern) {
    for (const DatabaseObjects& database : context.source_objects) {
        const auto matches = [&](const std::string& object) {
            return glob_match(pattern, object) || glob_match(pattern, database.database + "." + object);
        };
        if (std::any_of(database.tables.begin(), database.tables.end(), matches) ||
            std::any_of(database.stored.begin(), database.stored.end(), [&](const StoredObject& object) {
                return is_like_table(object) && matches(object.name.table);
            }))
            return true;
    }
    return false;
}

/// Tables, views and sequences; other objects are not chosen by name.
bool selects_something(const Context& context) {
    const auto moving = context.moving_objects();
    return !context.tables.empty() ||
           std::any_of(moving.begin(), moving.end(),
                       [](const StoredObject* object) { return is_like_table(*object); });
}

void find_named_objects(Context& context) {
    const bool anything = selects_something(context);
    for (const std::string& pattern : context.spec.tables.include) {
        if (matches_something(context, pattern)) continue;
        const std::string name = literal_name(pattern);
        if (!name.empty())
            context.log.add(
                "selection.no_such_table", name,
                fmt::format("the selection names {}, and the source holds no such table or view that "
                            "{} can see",
                            name, context.source.account()));
        else if (anything)
            context.log.add("selection.pattern_unused", pattern,
                            fmt::format("the pattern {} matches no table or view that {} can see", pattern,
                                        context.source.account()));
    }
}

void notice_empty_selection(Context& context) {
    const Selection whole;
    const bool narrowed =
        context.spec.tables.include != whole.include || context.spec.tables.exclude != whole.exclude;
    // A database of routines alone is worth moving; a pattern that finds no table is a misspelt name.
    const bool nothing = !selects_something(context) && (narrowed || context.moving_objects().empty());
    for (const DatabaseMapping& mapping : context.spec.databases) {
        if (std::any_of(context.tables.begin(), context.tables.end(),
                        [&](const TablePlan& plan) { return plan.source.database == mapping.source; }))
            continue;
        if (!nothing)
            context.log.add("selection.empty", mapping.source,
                            fmt::format("no table of {} is selected and visible to {}", mapping.source,
                                        context.source.account()));
        else if (narrowed)
            context.log.add("selection.empty", Severity::error, mapping.source,
                            fmt::format("the patterns select no table and no view of {} that {} can see: there "
                                        "is nothing to move",
                                        mapping.source, context.source.account()),
                            "Check the patterns for a misspelt name");
        else
            context.log.add("selection.empty", Severity::error, mapping.source,
                            fmt::format("{} can see nothing in {} on the source: there is nothing to move",
                                        context.source.account(), mapping.source),
                            "Check the database's name and the account's privileges");
    }
}

void find_parents_left_out(Context& context) {
    for (const DatabaseObjects& database : context.source_objects)
        for (const ForeignKey& key : database.foreign_keys) {
            if (!context.is_selected_table(key.child) || context.is_selected_table(key.parent)) continue;
            const std::string mapped = context.target_database(key.parent.database);
            const TableName parent{mapped.empty() ? key.parent.database : mapped, key.parent.table};
            const bool there = context.target_holds(parent);
            context.log.add(
                "selection.foreign_key_parent", there ? Severity::warning : Severity::error,
                key.child.display(),
                fmt::format(
                    "foreign key {} refers to {}, which is not selected{}", key.name, key.parent.display(),
                    there ? "; the target's own rows are not checked against it" : " and not on the target"),
                fmt::format("select {} too, or --exclude {}", key.parent.display(), key.child.display()));
        }
}

constexpr std::array checks{
    Check{"databases asked for", refuse_system_databases},
    Check{"tables asked for", find_named_objects},
    Check{"empty selection", notice_empty_selection},
    Check{"foreign keys across the selection", find_parents_left_out},
};

}  // namespace

std::span<const Check> selection_checks() {
    return checks;
}

}  // namespace transload::mysql

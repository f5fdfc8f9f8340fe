#include "adapters/mysql/preflight/context.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/plan/selection.hpp"

namespace transload::mysql {

bool Context::is_selected_table(const TableName& name) const {
    // `tables` is ordered by source name.
    const auto found =
        std::lower_bound(tables.begin(), tables.end(), name,
                         [](const TablePlan& plan, const TableName& key) { return plan.source < key; });
    return found != tables.end() && found->source == name;
}

bool Context::is_selected(const TableName& table_or_view) const {
    if (is_selected_table(table_or_view)) return true;
    for (const DatabaseObjects& database : source_objects)
        if (database.database == table_or_view.database)
            for (const StoredObject& object : database.stored)
                if (object.kind == StoredObject::Kind::view && object.name == table_or_view)
                    return selects(spec.tables, object.name.database, object.name.table);
    return false;
}

std::vector<const StoredObject*> Context::moving_objects() const {
    std::vector<const StoredObject*> moving;
    for (const DatabaseObjects& database : source_objects)
        for (const StoredObject& object : database.stored) {
            bool moves = true;
            if (object.kind == StoredObject::Kind::view || object.kind == StoredObject::Kind::sequence)
                moves = selects(spec.tables, object.name.database, object.name.table);
            if (object.kind == StoredObject::Kind::trigger)
                moves = is_selected_table({object.name.database, object.table});
            if (moves) moving.push_back(&object);
        }
    return moving;
}

std::vector<const StoredObject*> Context::moving(StoredObject::Kind kind) const {
    std::vector<const StoredObject*> all = moving_objects();
    std::erase_if(all, [&](const StoredObject* object) { return object->kind != kind; });
    return all;
}

std::string Context::target_database(std::string_view source_database) const {
    for (const DatabaseMapping& mapping : spec.databases)
        if (mapping.source == source_database) return mapping.target;
    return "";
}

std::string Context::target_definer(const StoredObject& object) const {
    if (object.definer.empty() || spec.definers.policy == DefinerPolicy::strip) return "";
    const std::string& definer =
        spec.definers.policy == DefinerPolicy::map ? spec.definers.account : object.definer;
    return definer == target.account() ? "" : definer;
}

bool Context::target_holds(const TableName& target_name) {
    const bool fold = target.ignores_case();
    const auto same = [&](const std::string& a, const std::string& b) {
        return fold ? lower(a) == lower(b) : a == b;
    };
    for (const DatabaseObjects& database : target_objects) {
        if (!same(database.database, target_name.database)) continue;
        for (const std::string& table : database.tables)
            if (same(table, target_name.table)) return true;
        for (const StoredObject& object : database.stored)
            if (object.kind == StoredObject::Kind::view && same(object.name.table, target_name.table))
                return true;
        return false;
    }
    // A database that the job does not write to.
    if (!target.has_database(target_name.database)) return false;
    target_objects.push_back(read_objects(target, target_name.database));
    return target_holds(target_name);
}

void not_checked(Context& context, const Server& server, std::string_view what, std::string_view privilege) {
    context.log.add("preflight.not_checked", server.side(),
                    fmt::format("{} may not look for {} on the {}", server.account(), what, server.side()),
                    server.grant_statement(privilege, "*.*"));
}

std::string enumerate(const std::vector<std::string>& names, std::size_t most) {
    std::string list;
    for (std::size_t i = 0; i < names.size() && i < most; ++i) list += (i ? ", " : "") + names[i];
    if (names.size() > most) list += " and " + std::to_string(names.size() - most) + " more";
    return list;
}

}  // namespace transload::mysql

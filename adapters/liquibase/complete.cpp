#include "adapters/liquibase/complete.hpp"

#include <algorithm>
#include <functional>

#include "adapters/liquibase/mapping.hpp"
#include "adapters/liquibase/sql_tokens.hpp"
#include "adapters/mysql/quoting.hpp"
#include "orchestrator/plan/selection.hpp"

namespace transload::liquibase {
namespace {

/// Pairs `database`.`object` in a fully qualified view text.
std::set<ViewName> references(const SourceView& view,
                              const std::map<std::string, std::set<std::string>>& everything) {
    std::set<ViewName> result;
    const std::vector<Token> tokens = significant(tokenize(view.qualified));
    // The view's own name comes first, before AS.
    const auto begin =
        std::find_if(tokens.begin(), tokens.end(), [](const Token& token) { return token.is_word("AS"); });
    for (auto token = begin; token != tokens.end() && token + 1 != tokens.end() && token + 2 != tokens.end();
         ++token) {
        if (token->kind != TokenKind::name || !token[1].is('.') || token[2].kind != TokenKind::name ||
            (token - 1)->is('.'))
            continue;
        const auto database = everything.find(token->name());
        if (database != everything.end() && database->second.contains(token[2].name()))
            result.emplace(token->name(), token[2].name());
    }
    return result;
}

std::set<std::string> selected_names(const SourceDatabase& database) {
    std::set<std::string> names;
    for (const SourceTable& table : database.tables) names.insert(table.name);
    for (const SourceView& view : database.views) names.insert(view.name);
    for (const SourceProgram& program : database.programs)
        if (program.kind == ProgramKind::function) names.insert(program.name);
    return names;
}

}  // namespace

bool whole_database(const Selection& selection, const std::string& database) {
    return std::any_of(selection.include.begin(), selection.include.end(), [&](const std::string& pattern) {
        return pattern == "*" || pattern == "*.*" || pattern == database + ".*";
    });
}

Wanted wanted_of(const JobSpec& spec, const std::vector<TablePlan>& tables, const std::string& database) {
    Wanted wanted;
    for (const TablePlan& table : tables)
        if (table.source.database == database) wanted.tables.insert(table.source.table);
    wanted.other = [&spec, database](const std::string& name) {
        return selects(spec.tables, database, name);
    };
    wanted.programs = whole_database(spec.tables, database);
    return wanted;
}

Wanted wanted_on_target(const JobSpec& spec, const std::vector<TablePlan>& tables, const std::string& database) {
    Wanted wanted = wanted_of(spec, tables, database);
    wanted.tables.clear();
    for (const TablePlan& table : tables)
        if (table.source.database == database) wanted.tables.insert(target_table(table));
    wanted.tolerate_broken = true;
    return wanted;
}

CompletionContext make_context(const JobSpec& spec, const std::vector<TablePlan>& tables,
                               const std::vector<SourceDatabase>& databases,
                               const std::map<std::string, std::set<std::string>>& everything) {
    CompletionContext context{spec, tables, {}, {}, {}};
    for (const SourceDatabase& database : databases)
        context.sharded[database.name] = sharded_schema(database, tables);
    for (const DatabaseMapping& mapping : spec.databases)
        context.names.databases[mapping.source] = mapping.target;
    std::map<ViewName, std::set<ViewName>> needs;
    for (const SourceDatabase& database : databases)
        context.names.objects[database.name] = selected_names(database);
    for (const SourceDatabase& database : databases)
        for (const SourceView& view : database.views) {
            std::set<ViewName>& needed = needs[{database.name, view.name}];
            for (const ViewName& name : references(view, everything)) {
                if (!context.names.objects[name.first].contains(name.second))
                    throw Error(ErrorKind::failed, "schema.view_needs", database.name + "." + view.name,
                                "the view reads " + name.first + "." + name.second +
                                    ", which the selection leaves out",
                                "select it too, or leave the view out with --exclude '" + database.name +
                                    "." + view.name + "'");
                needed.insert(name);
            }
        }
    std::set<ViewName> on_the_way;
    std::function<unsigned(const ViewName&)> level = [&](const ViewName& name) -> unsigned {
        if (const auto known = context.view_levels.find(name); known != context.view_levels.end())
            return known->second;
        if (!on_the_way.insert(name).second) return 0;  // only names that look like views can make a ring
        unsigned result = 1;
        for (const ViewName& other : needs.at(name))
            if (needs.contains(other) && other != name) result = std::max(result, level(other) + 1);
        on_the_way.erase(name);
        return context.view_levels[name] = result;
    };
    for (const auto& [name, needed] : needs) level(name);
    return context;
}

Completion complete(const SourceDatabase& database, const GeneratedTables& generated,
                    const CompletionContext& context) {
    Completion result;
    result.findings = database.findings;
    result.changelog.logical_path = "transload/" + changelog_file_name(database.name);
    ChangeSet defaults;
    defaults.id = "database:defaults";
    defaults.comment =
        "Character set and collation of the database that this file is run in, whatever its name.";
    defaults.statements = {"ALTER DATABASE CHARACTER SET " + database.charset + " COLLATE " +
                           database.collation};
    result.changelog.change_sets.push_back(std::move(defaults));
    complete_tables(database, generated, context, result);
    complete_programs(database, context, result);
    const Findings sharded = mark_sharded(database, context.sharded.at(database.name), result.changelog);
    result.findings.insert(result.findings.end(), sharded.begin(), sharded.end());
    return result;
}

std::string check_literal(const std::string& name) {
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-' || c == ' ' || c == '.';
    });
    return plain ? "'" + name + "'" : mysql::charset_literal("utf8mb4", name);
}

}  // namespace transload::liquibase

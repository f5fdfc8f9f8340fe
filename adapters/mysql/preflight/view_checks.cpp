#include <fmt/format.h>

#include <array>
#include <set>

#include "adapters/mysql/preflight/context.hpp"
#include "adapters/mysql/preflight/definition_text.hpp"
#include "adapters/mysql/quoting.hpp"

/// Views that can't be created again, or not without something that stays behind.
namespace transload::mysql {
namespace {

using Kind = StoredObject::Kind;
constexpr unsigned view_invalid = 1356;
constexpr unsigned no_such_definer = 1449;
constexpr unsigned query_timed_out_mysql = 3024;
constexpr unsigned query_timed_out_mariadb = 1969;

/// Asks for no rows: names, columns and rights are resolved, nothing is read.
std::string probe_sql(const Server& server, const StoredObject& view) {
    const std::string select = "1 FROM " + quote_name(view.name) + " LIMIT 0";
    return server.mariadb() ? "SET STATEMENT max_statement_time=1 FOR SELECT " + select
                            : "SELECT /*+ MAX_EXECUTION_TIME(1000) */ " + select;
}

/// The view's SELECT with qualified names. Servers leave VIEW_DEFINITION empty for views whose definer lacks
/// rights.
std::string select_of(Server& source, const StoredObject& view) {
    if (!view.body.empty()) return view.body;
    source.connection().execute(
        "USE information_schema");  // else names of the current database are not qualified
    const Result result = source.connection().query("SHOW CREATE VIEW " + quote_name(view.name));
    std::string select = behind_as(result.rows.at(0).at(1).value_or(""));
    for (const std::string_view option : {" WITH CASCADED CHECK OPTION", " WITH LOCAL CHECK OPTION"})
        if (select.ends_with(option)) select.resize(select.size() - option.size());
    return select;
}

/// The view's own SELECT can be resolved by the inspecting account: only its definer stands in the way.
bool body_resolves(Server& source, const StoredObject& view) {
    try {
        source.connection().execute("SET @transload_probe = " + quote_text(select_of(source, view)));
        source.connection().execute("PREPARE transload_probe FROM @transload_probe");
        source.connection().execute("DEALLOCATE PREPARE transload_probe");
        return true;
    } catch (const ServerError& error) {
        if (error.connection_lost()) throw;
        return false;
    }
}

void probe(Context& context, const StoredObject& view) {
    Server& source = context.source;
    try {
        (void)source.connection().query(probe_sql(source, view));
        return;
    } catch (const ServerError& error) {
        if (error.connection_lost()) throw;
        const unsigned code = error.code();
        if (code == query_timed_out_mysql || code == query_timed_out_mariadb) return;
        const std::string name = view.name.display();
        const std::string exclude = fmt::format("--exclude '{}'", view.name.table);
        if (code == no_such_definer) {
            context.log.add("view.unusable", name, fmt::format("{} can't be used: {}", name, error.message()),
                            fmt::format("CREATE USER {} with the rights that the view needs, or {}",
                                        quote_grantee(view.definer), exclude));
        } else if (code == view_invalid && body_resolves(source, view)) {
            context.log.add(
                "view.unusable", name,
                fmt::format("{} can't be used: its definer {} lacks rights on what it reads, or a view "
                            "below it can't be used",
                            name, view.definer),
                fmt::format("grant {} SELECT on what the view reads, or {}", quote_grantee(view.definer),
                            exclude));
        } else {
            context.log.add("view.broken", name,
                            fmt::format("{} can't be resolved: {}", name, error.message()),
                            fmt::format("correct it with CREATE OR REPLACE VIEW, DROP VIEW {}, or {}",
                                        quote_name(view.name), exclude));
        }
    }
}

void probe_views(Context& context) {
    for (const StoredObject* view : context.moving(Kind::view))
        if (context.source.grants().on_table("SELECT", view->name.database, view->name.table))
            probe(context, *view);
}

/// Tables and views of a database of the source, whether or not it is part of the job.
std::set<std::string> relations(Context& context, const std::string& database) {
    std::set<std::string> names;
    const Result result = context.source.connection().query(fmt::format(
        "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = {}", quote_text(database)));
    for (const Row& row : result.rows) names.insert(row[0].value_or(""));
    return names;
}

void find_needs_left_out(Context& context) {
    std::map<std::string, std::set<std::string>> known;
    for (const StoredObject* view : context.moving(Kind::view)) {
        std::set<std::string> reported;
        for (const auto& [database, name] : name_pairs(select_of(context.source, *view))) {
            if (!context.source.has_database(database)) continue;  // an alias
            if (lower(database) == "mysql" || lower(database) == "sys" ||
                lower(database) == "information_schema" || lower(database) == "performance_schema")
                continue;
            if (!known.contains(database)) known.emplace(database, relations(context, database));
            const TableName used{database, name};
            if (!known[database].contains(name) || context.is_selected(used) ||
                !reported.insert(used.display()).second)
                continue;
            const std::string mapped = context.target_database(database);
            const bool there = context.target_holds({mapped.empty() ? database : mapped, name});
            context.log.add(
                "selection.view_needs", there ? Severity::warning : Severity::error, view->name.display(),
                fmt::format("{} uses {}, which is not selected{}", view->name.display(), used.display(),
                            there ? "; the target's own is used" : " and not on the target"),
                fmt::format("select {} too, or --exclude '{}'", used.display(), view->name.table));
        }
    }
}

constexpr std::array checks{
    Check{"views", probe_views},
    Check{"what views use", find_needs_left_out},
};

}  // namespace

std::span<const Check> view_checks() {
    return checks;
}

}  // namespace transload::mysql

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "adapters/mysql/preflight/context.hpp"
#include "adapters/mysql/quoting.hpp"
#include "orchestrator/plan/selection.hpp"

/// May the account see all that is to be copied? What it can't see would be lost without a word.
namespace transload::mysql {
namespace {

using Kind = StoredObject::Kind;

/// Granted roles that do nothing because they are not active are the usual surprise; say so in the remedy.
std::string with_role_hint(const Server& server, std::string statement) {
    if (!server.grants().roles().empty())
        statement += "; or, if one of its roles has it, make the role active: " +
                     std::string(server.mariadb() ? "SET DEFAULT ROLE … FOR " : "SET DEFAULT ROLE ALL TO ") +
                     quote_grantee(server.account());
    return statement;
}

void need_on_tables(Context& context, KindId id, std::string_view privilege, const DatabaseObjects& database,
                    const std::vector<std::string>& names, std::string_view why) {
    Server& source = context.source;
    if (source.grants().on_database(privilege, database.database)) return;
    std::vector<std::string> missing;
    for (const std::string& name : names)
        if (!source.grants().on_table(privilege, database.database, name)) missing.push_back(name);
    if (missing.empty() && !names.empty()) return;
    const std::string on = missing.size() == names.size() ? "" : " (" + enumerate(missing) + ")";
    context.log.add(
        id, database.database,
        fmt::format("{} lacks {} on {}{}: {}", source.account(), privilege, database.database, on, why),
        with_role_hint(source, source.grant_statement(privilege, source.database_level(database.database))));
}

std::vector<std::string> selected_tables(const Context& context, const std::string& database) {
    std::vector<std::string> names;
    for (const TablePlan& plan : context.tables)
        if (plan.source.database == database) names.push_back(plan.source.table);
    return names;
}

std::vector<std::string> selected_views(const Context& context, const std::string& database) {
    std::vector<std::string> names;
    for (const StoredObject* view : context.moving(Kind::view))
        if (view->name.database == database) names.push_back(view->name.table);
    return names;
}

void need_select(Context& context) {
    for (const DatabaseObjects& database : context.source_objects) {
        std::vector<std::string> names = selected_tables(context, database.database);
        const std::vector<std::string> views = selected_views(context, database.database);
        names.insert(names.end(), views.begin(), views.end());
        need_on_tables(context, "source.privilege.select", "SELECT", database, names, "rows can't be read");
    }
}

void need_show_view(Context& context) {
    for (const DatabaseObjects& database : context.source_objects)
        if (const auto views = selected_views(context, database.database); !views.empty())
            need_on_tables(context, "source.privilege.show_view", "SHOW VIEW", database, views,
                           "the text of views can't be read");
}

void need_trigger(Context& context) {
    for (const DatabaseObjects& database : context.source_objects)
        if (const auto names = selected_tables(context, database.database); !names.empty())
            need_on_tables(context, "source.privilege.trigger", "TRIGGER", database, names,
                           "triggers would be invisible and get lost");
}

void need_event(Context& context) {
    Server& source = context.source;
    for (const DatabaseObjects& database : context.source_objects)
        if (!source.grants().on_database("EVENT", database.database))
            context.log.add("source.privilege.event", database.database,
                            fmt::format("{} lacks EVENT on {}: events would be invisible and get lost",
                                        source.account(), database.database),
                            with_role_hint(source, source.grant_statement(
                                                       "EVENT", source.database_level(database.database))));
}

bool reads_all_routines(const Server& server, const std::string& database) {
    const Grants& grants = server.grants();
    if (grants.everywhere("SELECT")) return true;
    if (server.mariadb() || !server.mysql_from(8, 0))
        return grants.on_table("SELECT", "mysql", "proc") ||
               (server.mariadb_from(11, 3) && grants.on_database("SHOW CREATE ROUTINE", database));
    return server.mysql_from(8, 0, 20) && grants.everywhere("SHOW_ROUTINE");
}

std::string routine_grant(const Server& server) {
    if (server.mariadb() || !server.mysql_from(8, 0)) return server.grant_statement("SELECT", "mysql.proc");
    return server.grant_statement(server.mysql_from(8, 0, 20) ? "SHOW_ROUTINE" : "SELECT", "*.*");
}

void need_routine(Context& context) {
    Server& source = context.source;
    for (const DatabaseObjects& database : context.source_objects) {
        if (reads_all_routines(source, database.database)) continue;
        std::vector<std::string> unreadable;
        for (const StoredObject& object : database.stored)
            if ((object.kind == Kind::procedure || object.kind == Kind::function ||
                 object.kind == Kind::package) &&
                object.body.empty())
                unreadable.push_back(object.name.table);
        // With one of these the list of routines is complete, though not their text.
        const bool list_is_complete = source.grants().on_database("EXECUTE", database.database) ||
                                      source.grants().on_database("ALTER ROUTINE", database.database) ||
                                      source.grants().on_database("CREATE ROUTINE", database.database);
        if (unreadable.empty() && list_is_complete) continue;
        const std::string what =
            unreadable.empty()
                ? "can't know whether there are procedures and functions in " + database.database
                : fmt::format("can't read the text of {} in {}", enumerate(unreadable), database.database);
        context.log.add("source.privilege.routine", database.database,
                        fmt::format("{} {}: they would get lost", source.account(), what),
                        with_role_hint(source, routine_grant(source)));
    }
}

void want_server_privileges(Context& context) {
    Server& source = context.source;
    const Grants& grants = source.grants();
    const auto has_any = [&](std::initializer_list<std::string_view> names) {
        return std::any_of(names.begin(), names.end(), [&](auto name) { return grants.everywhere(name); });
    };
    if (!has_any({"RELOAD", "FLUSH_TABLES"}))
        context.log.add(
            "source.privilege.reload", source.side(),
            fmt::format("{} lacks RELOAD: on a source that never rests, one reader is used instead of {}",
                        source.account(), context.spec.limits.workers),
            source.grant_statement("RELOAD", "*.*"));
    if (!has_any({"PROCESS"}))
        context.log.add(
            "source.privilege.process", source.side(),
            fmt::format("{} lacks PROCESS: long transactions and running DDL of others were not looked for",
                        source.account()),
            source.grant_statement("PROCESS", "*.*"));
    if (!has_any({"REPLICATION CLIENT", "BINLOG MONITOR", "SUPER"}))
        context.log.add(
            "source.privilege.replication_client", context.if_following(), source.side(),
            fmt::format("{} may not read the binary log's position", source.account()),
            source.grant_statement(source.mariadb() ? "BINLOG MONITOR" : "REPLICATION CLIENT", "*.*"));
}

void need_for_cutover(Context& context) {
    if (!context.cutover()) return;
    Server& source = context.source;
    const Grants& grants = source.grants();
    if (!grants.everywhere("REPLICATION SLAVE"))
        context.log.add("source.privilege.replication_slave", source.side(),
                        fmt::format("{} may not follow the binary log", source.account()),
                        source.grant_statement("REPLICATION SLAVE", "*.*"));
    const bool may_stop =
        grants.everywhere("SUPER") ||
        (grants.everywhere("SYSTEM_VARIABLES_ADMIN") && grants.everywhere("CONNECTION_ADMIN")) ||
        (grants.everywhere("READ_ONLY ADMIN") && grants.everywhere("CONNECTION ADMIN"));
    if (may_stop) return;
    const std::string_view privileges = source.mariadb()          ? "READ_ONLY ADMIN, CONNECTION ADMIN"
                                        : source.mysql_from(8, 0) ? "SYSTEM_VARIABLES_ADMIN, CONNECTION_ADMIN"
                                                                  : "SUPER";
    context.log.add("source.privilege.write_stop", source.side(),
                    fmt::format("{} may not stop writes on the source", source.account()),
                    source.grant_statement(privileges, "*.*"));
}

constexpr std::array checks{
    Check{"SELECT on the source", need_select},
    Check{"SHOW VIEW on the source", need_show_view},
    Check{"TRIGGER on the source", need_trigger},
    Check{"EVENT on the source", need_event},
    Check{"routines of the source", need_routine},
    Check{"server privileges on the source", want_server_privileges},
    Check{"privileges of the cutover", need_for_cutover},
};

}  // namespace

std::span<const Check> source_privilege_checks() {
    return checks;
}

}  // namespace transload::mysql

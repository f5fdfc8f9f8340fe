#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "adapters/mysql/preflight/context.hpp"
#include "adapters/mysql/quoting.hpp"

/// May the account write all that is to be written?
namespace transload::mysql {
namespace {

using Kind = StoredObject::Kind;
using Names = std::initializer_list<std::string_view>;

void need(Context& context, KindId id, std::string_view database, Names privileges) {
    Server& target = context.target;
    std::vector<std::string> missing;
    for (const std::string_view privilege : privileges)
        if (!target.grants().on_database(privilege, database)) missing.emplace_back(privilege);
    if (missing.empty()) return;
    const std::string list = enumerate(missing, missing.size());
    context.log.add(id, std::string(database),
                    fmt::format("{} lacks {} on {}", target.account(), list, database),
                    target.grant_statement(list, target.database_level(database)));
}

std::set<std::string> target_databases(const Context& context) {
    std::set<std::string> names;
    for (const DatabaseMapping& mapping : context.spec.databases) names.insert(mapping.target);
    return names;
}

/// Target databases that receive objects of these kinds.
std::set<std::string> receiving(const Context& context, std::initializer_list<Kind> kinds) {
    std::set<std::string> names;
    for (const StoredObject* object : context.moving_objects())
        if (std::find(kinds.begin(), kinds.end(), object->kind) != kinds.end())
            names.insert(context.target_database(object->name.database));
    return names;
}

void need_tables(Context& context) {
    std::set<std::string> with_foreign_keys;
    for (const DatabaseObjects& database : context.source_objects)
        for (const ForeignKey& key : database.foreign_keys)
            if (context.is_selected_table(key.child))
                with_foreign_keys.insert(context.target_database(key.child.database));
    for (const std::string& database : target_databases(context)) {
        if (with_foreign_keys.contains(database))
            need(context, "target.privilege.tables", database,
                 {"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX", "REFERENCES"});
        else
            need(context, "target.privilege.tables", database,
                 {"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX"});
    }
}

void need_objects(Context& context) {
    for (const std::string& database : receiving(context, {Kind::view}))
        need(context, "target.privilege.views", database, {"CREATE VIEW", "SHOW VIEW"});
    for (const std::string& database : receiving(context, {Kind::trigger}))
        need(context, "target.privilege.trigger", database, {"TRIGGER"});
    for (const std::string& database : receiving(context, {Kind::event}))
        need(context, "target.privilege.event", database, {"EVENT"});
    for (const std::string& database : receiving(context, {Kind::procedure, Kind::function}))
        need(context, "target.privilege.routine", database, {"CREATE ROUTINE", "ALTER ROUTINE"});
}

void need_to_read_routines_again(Context& context) {
    Server& target = context.target;
    const Grants& grants = target.grants();
    const bool proc = target.mariadb() || !target.mysql_from(8, 0);
    if (grants.everywhere("SELECT") || (proc && grants.on_table("SELECT", "mysql", "proc")) ||
        (target.mysql_from(8, 0, 20) && grants.everywhere("SHOW_ROUTINE")))
        return;
    std::vector<std::string> names;
    for (const Kind kind : {Kind::procedure, Kind::function})
        for (const StoredObject* routine : context.moving(kind))
            if (!context.target_definer(*routine).empty()) names.push_back(routine->name.display());
    if (names.empty()) return;
    context.log.add(
        "target.privilege.show_routine", target.side(),
        fmt::format("{} could not read {} again, which would belong to another definer", target.account(),
                    enumerate(names)),
        proc ? target.grant_statement("SELECT", "mysql.proc")
             : target.grant_statement(target.mysql_from(8, 0, 20) ? "SHOW_ROUTINE" : "SELECT", "*.*"));
}

void need_checkpoints(Context& context) {
    need(context, "target.privilege.checkpoints", "_transload",
         {"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX"});
}

/// Definers that objects will get on the target, other than the account itself, with one object each as
/// example.
std::map<std::string, std::string> foreign_definers(const Context& context) {
    std::map<std::string, std::string> definers;
    for (const StoredObject* object : context.moving_objects())
        if (const std::string definer = context.target_definer(*object); !definer.empty())
            definers.emplace(definer, object->name.display());
    return definers;
}

void need_set_definer(Context& context) {
    Server& target = context.target;
    const auto definers = foreign_definers(context);
    if (definers.empty()) return;
    const Grants& grants = target.grants();
    std::string_view privilege = "SUPER";
    if (target.mariadb_from(10, 5)) privilege = "SET USER";
    if (target.mysql_from(8, 0)) privilege = "SET_USER_ID";
    if (target.mysql_from(8, 2)) privilege = "SET_ANY_DEFINER";
    const bool may = grants.everywhere("SUPER") || grants.everywhere(privilege) ||
                     (!target.mysql_from(8, 4) && grants.everywhere("SET_USER_ID"));
    if (may) return;
    std::vector<std::string> names;
    for (const auto& [definer, example] : definers) names.push_back(definer);
    context.log.add("target.privilege.set_definer", target.side(),
                    fmt::format("{} may not create objects in the name of {} ({} for one)", target.account(),
                                enumerate(names), definers.begin()->second),
                    target.grant_statement(privilege, "*.*") + "; or set definers: strip");
}

void need_system_user(Context& context) {
    Server& target = context.target;
    if (!target.mysql_from(8, 0, 16) || target.grants().everywhere("SYSTEM_USER")) return;
    const auto definers = foreign_definers(context);
    if (definers.empty()) return;
    const std::string remedy = target.grant_statement("SYSTEM_USER", "*.*") + "; or set definers: strip";
    if (!target.grants().on_table("SELECT", "mysql", "global_grants")) {
        for (const auto& [definer, example] : definers)
            if (definer.starts_with("root@"))
                context.log.add(
                    "target.privilege.system_user", Severity::warning, definer,
                    fmt::format("{} may not create {} if {} has SYSTEM_USER, which it may not look up",
                                target.account(), example, definer),
                    remedy);
        return;
    }
    const Result result = target.connection().query(
        "SELECT CONCAT(USER, '@', HOST) FROM mysql.global_grants WHERE PRIV = 'SYSTEM_USER'");
    for (const Row& row : result.rows)
        if (const auto found = definers.find(row[0].value_or("")); found != definers.end())
            context.log.add("target.privilege.system_user", found->first,
                            fmt::format("{} lacks SYSTEM_USER, which creating {} for {} takes",
                                        target.account(), found->second, found->first),
                            remedy);
}

/// Text of a view. information_schema hides that of views with another definer from everybody.
std::string text_of(Context& context, const StoredObject& view) {
    if (!view.body.empty()) return view.body;
    const Result result = context.source.connection().query("SHOW CREATE VIEW " + quote_name(view.name));
    return result.rows.empty() ? std::string() : result.rows[0].at(1).value_or("");
}

/// Servers look at the definers of what a view uses already when the view is created.
bool is_used_by_a_view(Context& context, const std::string& definer) {
    for (const StoredObject* used : context.moving_objects()) {
        if (used->kind != StoredObject::Kind::view && used->kind != StoredObject::Kind::function) continue;
        if (context.target_definer(*used) != definer) continue;
        for (const StoredObject* view : context.moving_objects())
            if (view != used && view->kind == StoredObject::Kind::view &&
                text_of(context, *view).find(quote_name(used->name.table)) != std::string::npos)
                return true;
    }
    return false;
}

void find_missing_definers(Context& context) {
    Server& target = context.target;
    const auto definers = foreign_definers(context);
    if (definers.empty()) return;
    if (!target.grants().on_table("SELECT", "mysql", "user")) {
        context.log.add("preflight.not_checked", target.side(),
                        fmt::format("{} may not look whether the definers of objects exist on the target",
                                    target.account()),
                        target.grant_statement("SELECT", "mysql.user"));
        return;
    }
    std::set<std::string> accounts;
    for (const Row& row : target.connection().query("SELECT CONCAT(User, '@', Host) FROM mysql.user").rows)
        accounts.insert(row[0].value_or(""));
    for (const auto& [definer, example] : definers)
        if (!accounts.contains(definer))
            context.log.add(
                "object.definer_absent",
                is_used_by_a_view(context, definer) ? Severity::error : Severity::warning, definer,
                fmt::format("{} is the definer of {} and has no account on the target", definer, example),
                fmt::format("CREATE USER {} on the target and grant it what it has on the source; or set definers: strip",
                            quote_grantee(definer)));
}

void need_sql_log_bin(Context& context) {
    Server& target = context.target;
    if (context.spec.target_log_bin) return;
    const Grants& grants = target.grants();
    if (grants.everywhere("SUPER") || grants.everywhere("SYSTEM_VARIABLES_ADMIN") ||
        grants.everywhere("SESSION_VARIABLES_ADMIN") || grants.everywhere("BINLOG ADMIN"))
        return;
    const std::string_view privilege = target.mariadb()              ? "BINLOG ADMIN"
                                       : target.mysql_from(8, 0, 14) ? "SESSION_VARIABLES_ADMIN"
                                                                     : "SUPER";
    context.log.add("target.privilege.sql_log_bin", target.side(),
                    fmt::format("{} may not set sql_log_bin=0", target.account()),
                    target.grant_statement(privilege, "*.*"));
}

void need_trust_in_creators(Context& context) {
    Server& target = context.target;
    if (!target.on("log_bin") || target.on("log_bin_trust_function_creators")) return;
    std::vector<std::string> unsafe, others;
    for (const StoredObject* object : context.moving_objects())
        if (object->kind == Kind::function || object->kind == Kind::trigger)
            (object->unsafe_for_binlog ? unsafe : others).push_back(object->name.display());
    constexpr std::string_view trust = "SET GLOBAL log_bin_trust_function_creators=1 on the target";
    if (!unsafe.empty())
        context.log.add("target.log_bin_trust_function_creators", target.side(),
                        fmt::format("the target writes a binary log and takes no function that is neither "
                                    "DETERMINISTIC, NO SQL nor READS SQL DATA: {}",
                                    enumerate(unsafe)),
                        std::string(trust));
    else if (!others.empty() && !target.grants().everywhere("SUPER"))
        context.log.add(
            "target.log_bin_trust_function_creators", target.side(),
            fmt::format("the target writes a binary log and takes functions and triggers from accounts "
                        "with SUPER only: {}",
                        enumerate(others)),
            fmt::format("{}; or {}", trust, target.grant_statement("SUPER", "*.*")));
}

constexpr std::array checks{
    Check{"privileges for tables on the target", need_tables},
    Check{"privileges for views, triggers, events and routines on the target", need_objects},
    Check{"reading routines on the target", need_to_read_routines_again},
    Check{"privileges for the checkpoints", need_checkpoints},
    Check{"creating objects for other definers", need_set_definer},
    Check{"definers with SYSTEM_USER", need_system_user},
    Check{"definers on the target", find_missing_definers},
    Check{"sql_log_bin", need_sql_log_bin},
    Check{"log_bin_trust_function_creators", need_trust_in_creators},
};

}  // namespace

std::span<const Check> target_privilege_checks() {
    return checks;
}

}  // namespace transload::mysql

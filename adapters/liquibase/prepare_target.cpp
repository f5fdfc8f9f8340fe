#include <fmt/format.h>

#include <algorithm>

#include "adapters/liquibase/compare.hpp"
#include "adapters/liquibase/target.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::liquibase {
namespace {

using mysql::quote_name;

bool is_table_like(const std::string& kind) {
    return kind == "table" || kind == "view" || kind == "sequence";
}

void drop_table_like(mysql::Connection& connection, const TargetObject& object) {
    const std::string word = object.kind == "view"       ? "VIEW"
                             : object.kind == "sequence" ? "SEQUENCE"
                                                         : "TABLE";
    connection.execute("DROP " + word + " IF EXISTS " + quote_name(TableName{object.database, object.name}));
}

std::string list(const std::vector<TargetObject>& objects) {
    std::string text;
    for (std::size_t i = 0; i < objects.size() && i < 5; ++i)
        text += (i ? ", " : "") + objects[i].database + "." + objects[i].name;
    if (objects.size() > 5) text += fmt::format(" and {} more", objects.size() - 5);
    return text;
}

void create_database(const DatabaseChangelog& one, Bookkeeping& books, mysql::Connection& connection,
                     RunControl& control) {
    if (database_exists(connection, one.mapping.target)) return;
    books.record_created({{"database", one.mapping.target, ""}});
    std::string options;
    for (const ChangeSet& change : one.changelog.change_sets)
        if (change.id == "database:defaults")
            options = change.statements.at(0).substr(std::string("ALTER DATABASE").size());
    connection.execute("CREATE DATABASE IF NOT EXISTS " + quote_name(one.mapping.target) + options);
    control.event(Severity::info, "schema.apply", one.mapping.target, "database created");
}

/// Empties or removes what is in the way; only what the changelog itself holds.
void clear_way(const SchemaJob& job, const DatabaseChangelog& one, const std::vector<TargetObject>& in_way,
               mysql::Connection& connection, RunControl& control) {
    const IfExists policy = job.spec.if_exists;
    if (in_way.empty()) return;
    if (policy == IfExists::refuse)
        throw Error(ErrorKind::refused, "target.exists", in_way.front().database + "." + in_way.front().name,
                    fmt::format("the target already holds {}", list(in_way)),
                    "move them out of the way, or say in the job what to do with them: if_exists: empty_ok, "
                    "truncate or drop");
    connection.execute("SET SESSION foreign_key_checks=0");
    if (policy == IfExists::drop) {
        for (const char* kind : {"view", "table", "sequence"})
            for (const TargetObject& object : in_way)
                if (object.kind == kind) {
                    drop_table_like(connection, object);
                    control.event(Severity::warning, "schema.apply", object.database + "." + object.name,
                                  "existing " + object.kind + " dropped, as the job says");
                }
        return;
    }
    std::vector<std::string> tables;
    for (const TargetObject& object : in_way)
        if (object.kind == "table") tables.push_back(object.name);
    require_same_tables(job, one.mapping, tables, control);
    if (policy == IfExists::empty_ok)
        for (const std::string& table : tables)
            if (connection.scalar("SELECT 1 FROM " + quote_name(TableName{one.mapping.target, table}) +
                                  " LIMIT 1"))
                throw Error(ErrorKind::refused, "target.not_empty", one.mapping.target + "." + table,
                            "the target's table is not empty",
                            "empty it, or say if_exists: truncate in the job");
    // Triggers would fire while rows are loaded; those of the source come back with the post-data part.
    std::set<std::string> known;
    for (const ChangeSet& change : one.changelog.change_sets)
        if (const TargetObject object = object_of(change, one.mapping.target); object.kind == "trigger")
            known.insert(object.name);
    std::vector<std::string> would_fire;
    const mysql::Result triggers = connection.query(
        "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA=" +
        mysql::quote_text(one.mapping.target));
    for (const mysql::Row& row : triggers.rows) {
        const std::string name = row.at(0).value_or(""), table = row.at(1).value_or("");
        if (std::find(tables.begin(), tables.end(), table) == tables.end()) continue;
        if (!known.contains(name))
            throw Error(ErrorKind::refused, "target.trigger", one.mapping.target + "." + name,
                        "a trigger of the target's table " + table +
                            " that the source does not have would fire while rows are loaded",
                        "DROP TRIGGER " + quote_name(TableName{one.mapping.target, name}));
        would_fire.push_back(name);
    }
    // Nothing is changed before everything was looked at: a refusal leaves the target as it was.
    for (const std::string& name : would_fire)
        connection.execute("DROP TRIGGER IF EXISTS " + quote_name(TableName{one.mapping.target, name}));
    if (policy == IfExists::truncate)
        for (const std::string& table : tables) {
            control.check();
            connection.execute("TRUNCATE TABLE " + quote_name(TableName{one.mapping.target, table}));
            control.event(Severity::warning, "schema.apply", one.mapping.target + "." + table,
                          "existing table emptied, as the job says");
        }
}

/// The step that is recorded when nothing is in the way any more.
std::string settled(const DatabaseChangelog& one) { return "if_exists:" + one.mapping.target; }

void settle_existing(const SchemaJob& job, const DatabaseChangelog& one, Bookkeeping& books,
                     mysql::Connection& connection, RunControl& control) {
    const std::string step = settled(one);
    std::set<TargetObject> existing = existing_objects(connection, one.mapping.target);
    if (!books.step_done(step)) {
        const std::set<TargetObject> ours = books.created();
        std::vector<TargetObject> in_way;
        for (const ChangeSet& change : one.changelog.change_sets) {
            const TargetObject object = object_of(change, one.mapping.target);
            if (object.kind.empty() || ours.contains(object) || change.carrier != Carrier::liquibase) continue;
            // A table may be in the way of a view, and the other way round.
            for (const char* kind : {"table", "view", "sequence"}) {
                const TargetObject other{kind, object.database, object.name};
                if (is_table_like(object.kind) && existing.contains(other)) in_way.push_back(other);
            }
            if (!is_table_like(object.kind) && job.spec.if_exists == IfExists::refuse &&
                existing.contains(object))
                in_way.push_back(object);
        }
        clear_way(job, one, in_way, connection, control);
        existing = existing_objects(connection, one.mapping.target);
        std::vector<TargetObject> to_create;
        for (const ChangeSet& change : one.changelog.change_sets)
            if (const TargetObject object = object_of(change, one.mapping.target);
                !object.kind.empty() && !existing.contains(object) && change.carrier == Carrier::liquibase)
                to_create.push_back(object);
        books.record_created(to_create);
        books.record_step(step);
    }
}

/// Somebody may have dropped an object since Liquibase recorded it (or restored the target): then it is to be
/// made again.
void unrecord_missing(const DatabaseChangelog& one, SchemaPart part, Bookkeeping& books,
                      mysql::Connection& connection) {
    const std::set<std::string> recorded = books.recorded_change_sets(one.changelog.logical_path);
    if (recorded.empty()) return;
    connection.execute("USE " + quote_name(one.mapping.target));
    const std::set<TargetObject> existing = existing_objects(connection, one.mapping.target);
    std::set<std::string> again;
    for (const ChangeSet& change : one.changelog.change_sets) {
        // What the proxy makes is on the shards, and recorded before it is made.
        if (change.part != part || !recorded.contains(change.id) || change.carrier != Carrier::liquibase) continue;
        const TargetObject object = object_of(change, one.mapping.target);
        // Indexes and foreign keys have their conditions to look whether they are there.
        const bool missing = object.kind.empty() ? !change.unless.empty() && !there(change, connection)
                                                 : !existing.contains(object);
        if (missing) again.insert(change.id);
    }
    books.unrecord(one.changelog.logical_path, again);
}

}  // namespace

bool there(const ChangeSet& change, mysql::Connection& connection) {
    return std::any_of(change.unless.begin(), change.unless.end(),
                       [&](const std::string& query) { return connection.scalar(query) != "0"; });
}

void prepare_target(const SchemaJob& job, const std::vector<DatabaseChangelog>& changelogs, SchemaPart part,
                    Bookkeeping& books, mysql::Connection& connection, RunControl& control) {
    books.prepare();
    books.release_lock();
    for (const DatabaseChangelog& one : changelogs) {
        control.check();
        // By now the tables hold the job's rows: to clear the way would be to drop them.
        if (part != SchemaPart::pre_data && !books.step_done(settled(one)))
            throw Error(ErrorKind::failed, "schema.records_lost", one.mapping.target,
                        "the record of what this job has made on the target is gone",
                        "somebody removed the database _transload there: compare both sides with 'transload verify', and apply "
                        "what is missing from the changelog by hand; nothing of yours was changed");
        create_database(one, books, connection, control);
        settle_existing(job, one, books, connection, control);
        unrecord_missing(one, part, books, connection);
    }
}

void drop_recorded(mysql::Connection& connection, Bookkeeping& books, RunControl& control) {
    const std::set<TargetObject> created = books.created();
    connection.execute("SET SESSION foreign_key_checks=0");
    const std::pair<const char*, const char*> order[] = {{"event", "EVENT"},
                                                         {"trigger", "TRIGGER"},
                                                         {"view", "VIEW"},
                                                         {"table", "TABLE"},
                                                         {"sequence", "SEQUENCE"},
                                                         {"procedure", "PROCEDURE"},
                                                         {"package-body", "PACKAGE BODY"},
                                                         {"package", "PACKAGE"},
                                                         {"function", "FUNCTION"}};
    std::set<std::string> databases;
    for (const auto& [kind, word] : order)
        for (const TargetObject& object : created) {
            if (object.kind != kind || object.name.empty()) continue;
            if (!database_exists(connection, object.database)) continue;
            control.check();
            if (object.kind.starts_with("package")) connection.execute("SET SESSION sql_mode='ORACLE'");
            connection.execute(std::string("DROP ") + word + " IF EXISTS " +
                               quote_name(TableName{object.database, object.name}));
        }
    for (const TargetObject& object : created) {
        if (object.kind != "database" || !database_exists(connection, object.database)) continue;
        if (existing_objects(connection, object.database).empty())
            connection.execute("DROP DATABASE IF EXISTS " + quote_name(object.database));
        else
            control.event(Severity::warning, "schema.rollback", object.database,
                          "the database was created by this job but holds other objects now; it stays");
    }
}

}  // namespace transload::liquibase

#include "adapters/liquibase/at_cutover.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/mysql/quoting.hpp"

namespace transload::liquibase {
namespace {

/// Seconds. The write stop is held meanwhile: rather withdrawn than waited for.
constexpr const char* kShortWait = "SET SESSION lock_wait_timeout=2";

struct ToCreate {
    const ChangeSet* change = nullptr;
    TargetObject object;
};

std::vector<ToCreate> triggers_of(const DatabaseChangelog& one) {
    std::vector<ToCreate> result;
    for (const ChangeSet& change : one.changelog.change_sets) {
        if (!acts(change) || change.carrier != Carrier::liquibase) continue;
        const TargetObject object = object_of(change, one.mapping.target);
        if (object.kind == "trigger") result.push_back({&change, object});
    }
    return result;
}

/// Not existing_objects(), which asks about much that takes its time.
std::set<std::string> existing_triggers(mysql::Connection& connection, const std::string& database) {
    std::set<std::string> result;
    for (const mysql::Row& row :
         connection
             .query("SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA=" +
                    mysql::quote_text(database))
             .rows)
        result.insert(row.at(0).value_or(""));
    return result;
}

bool alters_database(const ChangeSet& change) {
    return std::any_of(change.statements.begin(), change.statements.end(),
                       [](const std::string& statement) { return statement.starts_with("ALTER DATABASE "); });
}

/// A trigger that remembers another default of its database is created under that, and a kill may have left
/// it so: then the next trigger would remember it too.
void restore_defaults(const DatabaseChangelog& one, const std::vector<ToCreate>& triggers,
                      mysql::Connection& connection) {
    if (std::none_of(triggers.begin(), triggers.end(),
                     [](const ToCreate& trigger) { return alters_database(*trigger.change); }))
        return;
    for (const ChangeSet& change : one.changelog.change_sets)
        if (change.id == "database:defaults")
            for (const std::string& statement : change.statements) connection.execute(statement);
}

mysql::Connection session(const SchemaJob& job, const std::string& database) {
    mysql::ConnectOptions options;
    options.database = database;
    options.read_timeout = options.write_timeout = job.spec.cutover.answer_limit();
    mysql::Connection connection(job.spec.target, options);
    connection.execute(kShortWait);
    return connection;
}

void create(const SchemaJob& job, const DatabaseChangelog& one, const ToCreate& trigger,
            mysql::Connection& connection) {
    try {
        for (const std::string& statement : trigger.change->statements)
            // It is not there, and what somebody else has made by now is not ours to drop.
            if (!statement.starts_with("DROP TRIGGER IF EXISTS ")) connection.execute(statement);
    } catch (const mysql::ServerError& error) {
        if (error.kind() != ErrorKind::failed) throw;
        throw to_error({trigger.change->id, error.message(), error.code(), true, false}, one.mapping.target,
                       job.spec.target.label(), job.log_file.string());
    }
}

}  // namespace

void create_at_cutover(const SchemaJob& job, const std::vector<DatabaseChangelog>& changelogs,
                       RunControl& control) {
    for (const DatabaseChangelog& one : changelogs) {
        std::vector<ToCreate> triggers = triggers_of(one);
        if (triggers.empty()) continue;
        control.check();
        mysql::Connection connection = session(job, one.mapping.target);
        const std::set<std::string> existing = existing_triggers(connection, one.mapping.target);
        std::vector<ToCreate> absent = triggers;
        std::erase_if(absent,
                      [&](const ToCreate& trigger) { return existing.contains(trigger.object.name); });
        if (!absent.empty()) {
            std::vector<TargetObject> objects;
            for (const ToCreate& trigger : absent) objects.push_back(trigger.object);
            Bookkeeping books(connection, job.id);
            books.record_created(objects);
            books.record_at_cutover(objects);
        }
        restore_defaults(one, triggers, connection);
        for (const ToCreate& trigger : absent) {
            control.check();
            create(job, one, trigger, connection);
        }
        control.event(Severity::info, "schema.at_cutover", one.mapping.target,
                      fmt::format("{} triggers created", absent.size()));
    }
}

void drop_at_cutover(const SchemaJob& job, const std::vector<DatabaseChangelog>& changelogs,
                     RunControl& control) {
    mysql::Connection connection = session(job, "");
    Bookkeeping books(connection, job.id);
    const std::set<TargetObject> created = books.at_cutover();
    if (created.empty()) return;
    for (const DatabaseChangelog& one : changelogs) {
        if (!database_exists(connection, one.mapping.target)) continue;
        control.check();
        for (const TargetObject& object : created)
            if (object.database == one.mapping.target)
                connection.execute("DROP TRIGGER IF EXISTS " +
                                   mysql::quote_name(TableName{object.database, object.name}));
        connection.execute("USE " + mysql::quote_name(one.mapping.target));
        restore_defaults(one, triggers_of(one), connection);
    }
    books.unrecord_at_cutover();
    control.event(Severity::info, "schema.at_cutover", "",
                  fmt::format("{} triggers dropped again", created.size()));
}

void record_at_cutover(const std::vector<DatabaseChangelog>& changelogs, Bookkeeping& books,
                       mysql::Connection& connection) {
    const std::set<TargetObject> created = books.at_cutover();
    if (created.empty()) return;
    for (const DatabaseChangelog& one : changelogs) {
        const std::set<std::string> existing = existing_triggers(connection, one.mapping.target);
        std::vector<std::string> ids;
        for (const ToCreate& trigger : triggers_of(one))
            if (created.contains(trigger.object) && existing.contains(trigger.object.name))
                ids.push_back(trigger.change->id);
        books.record_change_sets(one.changelog.logical_path, ids);
    }
}

}  // namespace transload::liquibase

#include "adapters/liquibase/bookkeeping.hpp"

#include <algorithm>

#include "adapters/liquibase/sql_tokens.hpp"
#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/schema_lock.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::liquibase {
namespace {

using mysql::quote_name;
using mysql::quote_text;

/// Before the kind of an object that was created at a cutover.
constexpr std::string_view kAtCutover = "cutover:";

std::string table(const std::string& name) {
    return quote_name(TableName{Bookkeeping::schema, name});
}

/// The first identifier after the word, past IF (NOT) EXISTS.
std::string name_after(const std::string& sql, const std::string& word) {
    const std::vector<Token> tokens = significant(tokenize(sql));
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        if (!tokens[i].is_word(word)) continue;
        std::size_t at = i + 1;
        while (at < tokens.size() && tokens[at].kind == TokenKind::word &&
               (tokens[at].is_word("IF") || tokens[at].is_word("NOT") || tokens[at].is_word("EXISTS") ||
                tokens[at].is_word("BODY")))
            ++at;
        if (at < tokens.size()) return tokens[at].name();
    }
    return {};
}

}  // namespace

Bookkeeping::Bookkeeping(mysql::Connection& connection, const JobId& job)
    : connection_(connection), job_(job.str()) {
    std::string suffix = job_;
    std::replace(suffix.begin(), suffix.end(), '-', '_');
    if (suffix.size() > 45)
        suffix = suffix.substr(0, 20) + "_" + std::to_string(std::hash<std::string>{}(job_));
    changelog_ = "changelog_" + suffix;
    lock_ = "changelog_lock_" + suffix;
}

namespace {

constexpr std::chrono::seconds lock_limit{60};
constexpr const char* locked = "schema.bookkeeping_locked";

}  // namespace

void Bookkeeping::prepare() {
    const mysql::SchemaLock lock(connection_, lock_limit, locked);
    connection_.execute(std::string("CREATE DATABASE IF NOT EXISTS ") + schema +
                        " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    connection_.execute("CREATE TABLE IF NOT EXISTS " + table("schema_objects") +
                        " (job VARCHAR(100) NOT NULL, kind VARCHAR(20) NOT NULL, database_name VARCHAR(64) "
                        "NOT NULL, name VARCHAR(64) NOT NULL, "
                        "PRIMARY KEY (job, kind, database_name, name)) ENGINE=InnoDB CHARACTER SET utf8mb4 "
                        "COLLATE utf8mb4_bin");
    connection_.execute("CREATE TABLE IF NOT EXISTS " + table("schema_steps") +
                        " (job VARCHAR(100) NOT NULL, step VARCHAR(100) NOT NULL, PRIMARY KEY (job, step)) "
                        "ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    record_step("begun");  // so that the tables are not taken for unused by a job that ends
}

void Bookkeeping::release_lock() {
    connection_.execute("DROP TABLE IF EXISTS " + table(lock_));
}

bool Bookkeeping::table_exists(const std::string& name) {
    return connection_
        .scalar(std::string("SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA='") + schema +
                "' AND TABLE_NAME=" + quote_text(name))
        .has_value();
}

std::set<std::string> Bookkeeping::recorded_change_sets(const std::string& logical_path) {
    std::set<std::string> ids;
    if (!table_exists(changelog_)) return ids;
    for (const mysql::Row& row :
         connection_
             .query("SELECT ID FROM " + table(changelog_) + " WHERE FILENAME=" + quote_text(logical_path))
             .rows)
        ids.insert(row.at(0).value_or(""));
    return ids;
}

void Bookkeeping::unrecord(const std::string& logical_path, const std::set<std::string>& ids) {
    for (const std::string& id : ids)
        connection_.execute("DELETE FROM " + table(changelog_) +
                            " WHERE FILENAME=" + quote_text(logical_path) + " AND ID=" + quote_text(id));
}

void Bookkeeping::record_change_sets(const std::string& logical_path, const std::vector<std::string>& ids) {
    const std::set<std::string> recorded = recorded_change_sets(logical_path);
    for (const std::string& id : ids) {
        if (recorded.contains(id)) continue;
        connection_.execute("INSERT INTO " + table(changelog_) +
                            " (ID, AUTHOR, FILENAME, DATEEXECUTED, ORDEREXECUTED, EXECTYPE, LIQUIBASE) SELECT " +
                            quote_text(id) + ",'transload'," + quote_text(logical_path) +
                            ",NOW(),COALESCE(MAX(ORDEREXECUTED),0)+1,'EXECUTED','transload' FROM " + table(changelog_));
    }
}

void Bookkeeping::record_created(const std::vector<TargetObject>& objects) {
    record_objects("", objects);
}

void Bookkeeping::record_at_cutover(const std::vector<TargetObject>& objects) {
    record_objects(std::string(kAtCutover), objects);
}

void Bookkeeping::record_objects(const std::string& prefix, const std::vector<TargetObject>& objects) {
    constexpr std::size_t at_once = 500;
    for (std::size_t begin = 0; begin < objects.size(); begin += at_once) {
        std::string sql =
            "INSERT IGNORE INTO " + table("schema_objects") + " (job, kind, database_name, name) VALUES ";
        for (std::size_t i = begin; i < std::min(begin + at_once, objects.size()); ++i)
            sql += (i == begin ? "(" : ",(") + quote_text(job_) + "," + quote_text(prefix + objects[i].kind) + "," +
                   quote_text(objects[i].database) + "," + quote_text(objects[i].name) + ")";
        connection_.execute(sql);
    }
}

std::set<TargetObject> Bookkeeping::created() {
    std::set<TargetObject> result;
    if (!table_exists("schema_objects")) return result;
    for (const mysql::Row& row : connection_
                                     .query("SELECT kind, database_name, name FROM " +
                                            table("schema_objects") + " WHERE job=" + quote_text(job_))
                                     .rows)
        if (!row.at(0).value_or("").starts_with(kAtCutover))
            result.insert({row.at(0).value_or(""), row.at(1).value_or(""), row.at(2).value_or("")});
    return result;
}

std::set<TargetObject> Bookkeeping::at_cutover() {
    std::set<TargetObject> result;
    if (!table_exists("schema_objects")) return result;
    for (const mysql::Row& row : connection_
                                     .query("SELECT kind, database_name, name FROM " + table("schema_objects") +
                                            " WHERE job=" + quote_text(job_) + " AND kind LIKE 'cutover:%'")
                                     .rows)
        result.insert({row.at(0).value_or("").substr(kAtCutover.size()), row.at(1).value_or(""), row.at(2).value_or("")});
    return result;
}

void Bookkeeping::unrecord_at_cutover() {
    if (!table_exists("schema_objects")) return;
    connection_.execute("DELETE FROM " + table("schema_objects") + " WHERE job=" + quote_text(job_) +
                        " AND kind LIKE 'cutover:%'");
}

bool Bookkeeping::step_done(const std::string& step) {
    return connection_
        .scalar("SELECT 1 FROM " + table("schema_steps") + " WHERE job=" + quote_text(job_) +
                " AND step=" + quote_text(step))
        .has_value();
}

void Bookkeeping::record_step(const std::string& step) {
    connection_.execute("INSERT IGNORE INTO " + table("schema_steps") + " (job, step) VALUES (" +
                        quote_text(job_) + "," + quote_text(step) + ")");
}

void Bookkeeping::forget() {
    const mysql::SchemaLock lock(connection_, lock_limit, locked);
    if (!database_exists(connection_, schema)) return;
    connection_.execute("DROP TABLE IF EXISTS " + table(changelog_) + ", " + table(lock_));
    // A job that has begun is in schema_steps, and perhaps not in schema_objects yet.
    bool others = false;
    for (const char* name : {"schema_steps", "schema_objects"}) {
        if (!table_exists(name)) continue;
        connection_.execute("DELETE FROM " + table(name) + " WHERE job=" + quote_text(job_));
        others = others || connection_.scalar("SELECT 1 FROM " + table(name) + " LIMIT 1").has_value();
    }
    if (!others) connection_.execute("DROP TABLE IF EXISTS " + table("schema_objects") + ", " + table("schema_steps"));
    const auto left = connection_.scalar(
        std::string("SELECT (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA='") + schema +
        "') + (SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA='" + schema + "')");
    if (left == "0") connection_.execute(std::string("DROP DATABASE IF EXISTS ") + schema);
}

TargetObject object_of(const ChangeSet& change, const std::string& database) {
    const std::string kind = change.id.substr(0, change.id.find(':'));
    static const std::set<std::string> altering{"database", "indexes", "foreign-keys", "foreign-keys-over-shards"};
    if (altering.contains(kind)) return {};
    if (kind == "table" && !change.generated.empty() && change.statements.empty())
        return {kind, database, change.generated};
    for (const std::string& statement : change.statements) {
        std::string name;
        if (kind == "table" || kind == "sequence") {
            if (statement.starts_with("CREATE ")) name = name_after(statement, upper(kind));
        } else if (kind == "view") {
            if (statement.starts_with("CREATE OR REPLACE") || statement.starts_with("DROP VIEW"))
                name = name_after(statement, "VIEW");
        } else if (statement.starts_with("DROP ")) {
            name = significant(tokenize(statement)).back().name();
        }
        if (!name.empty()) return {kind, database, name};
    }
    return {kind, database, ""};
}

std::set<TargetObject> existing_objects(mysql::Connection& connection, const std::string& database) {
    std::set<TargetObject> result;
    const std::string literal = quote_text(database);
    const auto add = [&](const std::string& sql) {
        for (const mysql::Row& row : connection.query(sql).rows)
            result.insert({row.at(0).value_or(""), database, row.at(1).value_or("")});
    };
    add("SELECT CASE TABLE_TYPE WHEN 'VIEW' THEN 'view' WHEN 'SEQUENCE' THEN 'sequence' ELSE 'table' END, "
        "TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA=" +
        literal);
    add("SELECT REPLACE(LOWER(ROUTINE_TYPE),' ','-'), ROUTINE_NAME FROM information_schema.ROUTINES WHERE "
        "ROUTINE_SCHEMA=" +
        literal);
    add("SELECT 'trigger', TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA=" + literal);
    add("SELECT 'event', EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA=" + literal);
    return result;
}

bool database_exists(mysql::Connection& connection, const std::string& database) {
    return connection
        .scalar("SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME=" + quote_text(database))
        .has_value();
}

}  // namespace transload::liquibase

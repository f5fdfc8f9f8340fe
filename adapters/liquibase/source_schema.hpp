#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/plan/finding.hpp"
#include "orchestrator/ports/run_control.hpp"

/// One database as its server describes it, object by object, in SHOW CREATE's own words.
namespace transload::liquibase {

/// What a stored program or view remembers of the session that created it. Empty: it does not remember that.
struct Session {
    std::string sql_mode;
    std::string character_set_client;
    std::string collation_connection;
    std::string database_collation;
    std::string time_zone;
    bool has_sql_mode = false;
};

struct SourceTable {
    std::string name;
    std::string create;
    bool sequence = false;  ///< a MariaDB SEQUENCE
    std::string mapped_from;  ///< the source's name, where the job's mapping changed the table; else empty
};

struct SourceView {
    std::string name;
    std::string create;
    std::string qualified;  ///< the same with every name qualified by its database, for finding what it needs
    Session session;
};

enum class ProgramKind { procedure, function, package, package_body, trigger, event };

struct SourceProgram {
    ProgramKind kind = ProgramKind::procedure;
    std::string name;
    std::string create;
    Session session;
    std::string table;       ///< of a trigger
    std::string order;       ///< of a trigger: "BEFORE INSERT 1", what SHOW CREATE does not tell
    std::string created_at;  ///< of an event that ends: a moment before its first execution, in its time zone
    bool mapped = false;     ///< of a trigger: its table has another name on the target
};

struct SourceDatabase {
    std::string name;
    std::string charset;
    std::string collation;
    mysql::ServerVersion version;
    bool default_collation = false;   ///< the charset's own: SHOW CREATE may leave it out
    std::vector<SourceTable> tables;  ///< sequences first, then by name
    std::vector<SourceView> views;    ///< by name
    std::vector<SourceProgram>
        programs;  ///< packages, functions, procedures, triggers in firing order, events
    Findings findings;
};

/// Which objects of a database are of interest.
struct Wanted {
    std::set<std::string> tables;
    std::function<bool(const std::string&)> other;  ///< views and sequences, by name
    bool programs = true;                           ///< routines and events
    bool tolerate_broken = false;                   ///< leave out what can't be read instead of throwing
};

/// SQL words: "PROCEDURE", "PACKAGE BODY"; and the word used in ids and messages: "procedure".
[[nodiscard]] std::string sql_word(ProgramKind kind);
[[nodiscard]] std::string plain_word(ProgramKind kind);

/// Reads it all. `connection` has the database as its default, profile general. An object that vanished since
/// it was listed is left out. Throws Error "schema.view_broken", "schema.hidden" (no right to read a
/// definition).
[[nodiscard]] SourceDatabase read_database(mysql::Connection& connection, const std::string& database,
                                           const Wanted& wanted, RunControl& control);

/// Parts of read_database.
void read_tables(mysql::Connection& connection, const Wanted& wanted, SourceDatabase& into,
                 RunControl& control);
void read_views(mysql::Connection& connection, const Wanted& wanted, SourceDatabase& into,
                RunControl& control);
void read_programs(mysql::Connection& connection, const Wanted& wanted, SourceDatabase& into,
                   RunControl& control);

}  // namespace transload::liquibase

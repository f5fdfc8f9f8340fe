#pragma once
#include <set>
#include <string>
#include <vector>

#include "adapters/mysql/preflight/server.hpp"
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/plan/table_plan.hpp"

/// What there is on a server beside the rows, in one query per kind and database.
namespace transload::mysql {

struct StoredObject {
    enum class Kind { view, trigger, procedure, function, event, sequence, package };
    Kind kind;
    TableName name;         ///< database and name
    std::string definer;    ///< user@host; empty for sequences
    std::string table;      ///< triggers: their table
    std::string body;       ///< views: VIEW_DEFINITION; routines: ROUTINE_DEFINITION; empty when not readable
    std::string time_zone;  ///< events
    bool enabled = false;   ///< events
    bool unsafe_for_binlog =
        false;                     ///< functions that log_bin_trust_function_creators=0 refuses to everybody
    bool fires_on_insert = false;  ///< triggers
};

[[nodiscard]] std::string_view word_for(StoredObject::Kind kind);

/// A foreign key of a table of the database.
struct ForeignKey {
    std::string name;
    TableName child;
    TableName parent;
    std::string parent_index;  ///< empty (MySQL) or the name of a plain index (MariaDB) when it is not unique
};

struct DatabaseObjects {
    std::string database;
    std::set<std::string> tables;  ///< base tables, as the server spells them
    std::vector<StoredObject> stored;
    std::vector<ForeignKey> foreign_keys;
};

/// Everything in one database that the account can see.
[[nodiscard]] DatabaseObjects read_objects(Server& server, const std::string& database);

}  // namespace transload::mysql

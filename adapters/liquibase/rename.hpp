#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "orchestrator/plan/job_spec.hpp"

/// Names of databases and accounts inside DDL that goes from one server to another.
namespace transload::liquibase {

/// Which database is called what on the other side, and what there is in each.
struct Names {
    std::map<std::string, std::string> databases;  ///< source → target
    std::map<std::string, std::set<std::string>>
        objects;  ///< source database → tables, views, sequences, functions
};

/// DDL as SHOW CREATE quotes it: `own`.`object` loses its qualifier, so that it fits any database;
/// `other`.`object` gets the other database's target name. Only objects that `names` knows are touched.
[[nodiscard]] std::string localise(std::string_view ddl, const std::string& own, const Names& names);

/// MariaDB keeps a trigger's head as it was typed: its qualifiers (name and table) get the target's name.
[[nodiscard]] std::string rename_trigger_head(std::string_view ddl, const std::string& own,
                                              const std::string& target);

/// True when text refers to `database` with a qualified name ("database.x", quoted or not).
[[nodiscard]] bool mentions_database(std::string_view sql, const std::string& database);

/// DEFINER=`a`@`b` kept, left out or replaced.
[[nodiscard]] std::string apply_definer(std::string_view ddl, const DefinerOptions& options);

}  // namespace transload::liquibase

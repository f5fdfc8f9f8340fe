#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapters/liquibase/bookkeeping.hpp"
#include "adapters/liquibase/changelog.hpp"
#include "adapters/liquibase/client.hpp"
#include "orchestrator/ports/schema_tool.hpp"

/// The target's side of a job: made ready, filled by Liquibase, cleaned up.
namespace transload::liquibase {

/// A saved changelog and the database that it goes into.
struct DatabaseChangelog {
    DatabaseMapping mapping;
    std::filesystem::path file;
    Changelog changelog;
};

/// The saved changelogs of a job, in the order of JobSpec::databases.
[[nodiscard]] std::vector<DatabaseChangelog> load_changelogs(const SchemaJob& job);

/// Creates absent databases, deals with what is already there as JobSpec::if_exists says (once per job),
/// writes down what the job is about to create, and makes Liquibase forget what it recorded but is not there
/// any more. Throws Error{refused} "target.exists", "target.not_empty", "target.differs".
void prepare_target(const SchemaJob& job, const std::vector<DatabaseChangelog>& changelogs, SchemaPart part,
                    Bookkeeping& books, mysql::Connection& connection, RunControl& control);

/// Whether what the changeSet makes is there already, by its own conditions. The connection is in the changelog's database.
[[nodiscard]] bool there(const ChangeSet& change, mysql::Connection& connection);

/// How much of a part is run.
enum class Reach {
    all,
    ahead,  ///< without what acts by itself
};

/// Runs Liquibase over the files for one part.
void run_updates(const SchemaJob& job, const std::vector<DatabaseChangelog>& changelogs, SchemaPart part, Reach reach,
                 Bookkeeping& books, bool mariadb, RunControl& control);

/// Server errors that say: it is there already. After a kill -9 the server may have finished a statement
/// behind our back; the changeSets' own conditions see that when asked again.
[[nodiscard]] bool already_there(unsigned code);

/// Writes down in Liquibase's books, as run, the tables that ShardingSphere-Proxy makes on the shards (changelog-sync).
void record_sharded(const SchemaJob& job, const std::vector<DatabaseChangelog>& changelogs, Bookkeeping& books,
                    bool mariadb, RunControl& control);

/// Drops what the books say that this job created.
void drop_recorded(mysql::Connection& connection, Bookkeeping& books, RunControl& control);

}  // namespace transload::liquibase

#pragma once
#include "adapters/shardingsphere/engine/migrations.hpp"

namespace transload::shardingsphere {

/// COMMIT MIGRATION of every table, then all tables under their own names in one statement; the proxies of a sharded
/// target are told of them. Goes on where an earlier call ended. Throws Error when a lost migration of a sharded table could still come back.
void commit_tables(const DataJob& job, Migrations& migrations, RunControl& control);

/// Ends every migration, gives tables their own names back and drops sharded ones, and takes away what the job made on
/// the proxies. Throws when a proxy that has something of the job's does not answer: it would go on writing.
void abandon_tables(const DataJob& job, Migrations& migrations, RunControl& control);

/// Tells the proxies of the tables, removes the source units from them and the job's records from the target.
void forget_job(const DataJob& job, Migrations& migrations, RunControl& control);

}  // namespace transload::shardingsphere

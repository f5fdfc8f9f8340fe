#pragma once
#include <vector>

#include "adapters/liquibase/target.hpp"

/// What changes tables while a stream of changes writes to them.
namespace transload::liquibase {

/// Adds the indexes and foreign keys of the changelogs that are not there yet, each table by its changeSet's
/// own statement. A statement that waits for a table makes everybody wait who comes after it: so it waits a
/// second at most, and tries again later. Foreign keys are added in place, without looking at rows. Liquibase
/// marks the changeSets as run afterwards. Throws Error{transient} "schema.target_busy" when a table can't be
/// had for minutes.
void alter_gently(const SchemaJob& job, const std::vector<DatabaseChangelog>& changelogs, Bookkeeping& books,
                  RunControl& control);

}  // namespace transload::liquibase

#pragma once
#include <vector>

#include "adapters/liquibase/target.hpp"

/// Triggers between the last change of the stream and the first of the applications: the only part of the
/// schema that can come neither earlier, since they would fire for rows that the source's have been at
/// already, nor later, since the applications' rows would miss them. Events wait for `apply`: an enabled one
/// could act while the cutover can still be withdrawn.
namespace transload::liquibase {

/// Creates the triggers of the changelogs that are not there, in their firing order, by the changeSets' own
/// statements and without Liquibase. What is created is written down on the target before.
void create_at_cutover(const SchemaJob& job, const std::vector<DatabaseChangelog>& changelogs,
                       RunControl& control);

/// Drops what create_at_cutover wrote down.
void drop_at_cutover(const SchemaJob& job, const std::vector<DatabaseChangelog>& changelogs,
                     RunControl& control);

/// Lets Liquibase know of what create_at_cutover made: run again, a changeSet would drop its trigger and
/// create it anew while applications write.
void record_at_cutover(const std::vector<DatabaseChangelog>& changelogs, Bookkeeping& books,
                       mysql::Connection& connection);

}  // namespace transload::liquibase

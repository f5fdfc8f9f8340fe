#pragma once
#include "adapters/shardingsphere/engine/registry.hpp"
#include "orchestrator/ports/data_engine.hpp"

namespace transload::shardingsphere {

/// Puts a single table under `record.staging`, from whichever of its names it has now. A planned one is emptied when it
/// was carried before, refused when it holds rows of somebody else's (Error "shardingsphere.target_not_empty"), and then
/// staged. Throws Error when it is under none of its names.
void stage(const DataJob& job, Registry& registry, TableRecord& record);

/// Gives the table a staging name that no migration knows, and empties it. A migration that comes back to life then
/// finds nothing to write to.
void restage(const DataJob& job, Registry& registry, TableRecord& record);

/// What becomes of a table that is under none of its names any more.
enum class Missing { fails, is_skipped };

/// Committed tables that have their own names already, because a run ended after it had renamed them and before it could
/// say so, get phase named.
void recognise_named(Registry& registry, std::vector<TableRecord>& records);

/// Puts all tables under their own names, in one statement. Records get phase named; those that have it are left alone.
void unstage(const DataJob& job, Registry& registry, std::vector<TableRecord>& records, Missing missing = Missing::fails);

/// Puts one table under its own name; the record stays as it is, so that whoever finds it stages the table again.
void put_back(Registry& registry, const TableRecord& record);

/// Drops tables under staging names of this job that are no record's: lost migrations may have made them.
void drop_strays(const DataJob& job, Registry& registry, const std::vector<TableRecord>& records);

}  // namespace transload::shardingsphere

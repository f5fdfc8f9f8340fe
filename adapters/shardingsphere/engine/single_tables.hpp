#pragma once
#include <string>
#include <vector>

#include "adapters/shardingsphere/engine/migrations.hpp"

/// Tables without a sharding rule are unknown to a proxy until it is told of them.
namespace transload::shardingsphere {

/// Tells a proxy of tables of one of its units, for its logical `database`. A move is not lost because a proxy does not take
/// a table's name, or is away: each that is left out is a warning that says what to do.
void load_tables(Station& station, const std::string& database, const std::string& unit,
                 const std::vector<std::string>& tables, RunControl& control);

/// Tells all proxies of the job's tables; on a sharded target of all tables of the default unit, and lets them read the
/// tables anew.
void tell_proxies(const DataJob& job, Migrations& migrations, RunControl& control);

}  // namespace transload::shardingsphere

#pragma once
#include "adapters/shardingsphere/engine/fleet.hpp"
#include "adapters/shardingsphere/engine/registry.hpp"
#include "orchestrator/ports/data_engine.hpp"

namespace transload::shardingsphere {

/// Makes on a proxy what the job's tables need there: logical databases, storage units, the migration rule, sharding
/// rules, source units. Idempotent: what is there under the job's names is left alone. Each object is in the registry
/// before it is made. Throws ProxyError, and Error when a name is taken by something that is not the job's.
void prepare_proxy(const DataJob& job, Registry& registry, Station& station, RunControl& control);

/// The logical database on a proxy for a target database, as `prepare_proxy` recorded it.
[[nodiscard]] std::string logical_database(const std::vector<ProxyObject>& objects, const std::string& proxy,
                                           const std::string& target_database);

/// Takes away what the job made: source units at the end of every job; with `all` also rules, units and databases.
void clean_proxy(Registry& registry, Station& station, bool all, RunControl& control);

}  // namespace transload::shardingsphere

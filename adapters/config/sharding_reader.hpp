#pragma once
#include "adapters/config/reader.hpp"
#include "adapters/config/server_reader.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload::config {

/// True when a job's `target` is a sharded one.
[[nodiscard]] bool is_sharded(const Value& target);

/// `target: {sharding: {…}}`. A storage unit without a password of its own gets `target_password` (or
/// `target_password_file`) of the job. Throws "config.conflict" for anything beside `sharding`, for units that are the
/// same database, for names that differ in case only; "config.value" for references to what there is not.
[[nodiscard]] ShardedTarget read_sharded_target(const MapReader& job, const Value& target, const EndpointRules& rules);

/// The unit where tables without a rule live.
[[nodiscard]] const StorageUnit& default_unit_of(const ShardedTarget& target);

}  // namespace transload::config

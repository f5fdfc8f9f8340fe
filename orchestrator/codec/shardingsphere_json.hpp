#pragma once
#include "orchestrator/codec/json_text.hpp"
#include "orchestrator/plan/job_spec.hpp"

/// The parts of a spec that are about ShardingSphere. Only for the .cpp files of this folder. Never a password.
namespace transload::codec {

/// The section `shardingsphere`.
[[nodiscard]] Json shardingsphere_json(const ShardingSphereOptions& options);
[[nodiscard]] ShardingSphereOptions shardingsphere_from(const Json& object);

/// `target.sharding`.
[[nodiscard]] Json sharding_json(const ShardedTarget& target);
[[nodiscard]] ShardedTarget sharding_from(const Json& object);

}  // namespace transload::codec

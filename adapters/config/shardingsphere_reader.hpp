#pragma once
#include "adapters/config/reader.hpp"
#include "adapters/config/server_reader.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload::config {

/// The section `shardingsphere` of a job or of a server's file, over the given options. Proxies that it names replace
/// the given ones. A proxy without a password of its own gets `password` (or `password_file`) of the section, which the
/// given proxies never see. Throws "config.conflict" when two proxies are the same or share a namespace.
[[nodiscard]] ShardingSphereOptions read_shardingsphere(const Value& value, ShardingSphereOptions options,
                                                        const EndpointRules& rules);

}  // namespace transload::config

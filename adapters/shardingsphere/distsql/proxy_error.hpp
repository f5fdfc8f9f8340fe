#pragma once
#include <string>

#include "adapters/shardingsphere/distsql/proxy.hpp"

namespace transload::shardingsphere {

/// The error of a vendor code, with what is known about it. `message` is the proxy's, without secrets.
[[nodiscard]] ProxyError proxy_error(unsigned code, std::string object, const std::string& message);

/// The proxy did not answer within its limit; code 2013, no_answer().
[[nodiscard]] ProxyError silent_proxy(std::string object, std::chrono::milliseconds limit);

/// The proxy denies a migration that ZooKeeper has: it does not reach ZooKeeper, and what it says is no answer. Code 2013.
[[nodiscard]] ProxyError cut_off_proxy(std::string object, const std::string& migration_id);

}  // namespace transload::shardingsphere

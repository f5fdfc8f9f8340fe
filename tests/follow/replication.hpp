#pragma once
#include <chrono>
#include <string>

#include "tests/support/test_server.hpp"

namespace transload::test {

/// Makes `replica` an ordinary replica of `source`, from the first byte of its log on. Throws std::runtime_error.
void begin_replication(const TestServer& source, const TestServer& replica);

/// Waits until the replica has applied all that the source has logged by now; empty when it has, else what it says.
[[nodiscard]] std::string wait_for_replica(const TestServer& source, const TestServer& replica, std::chrono::seconds limit);

}  // namespace transload::test

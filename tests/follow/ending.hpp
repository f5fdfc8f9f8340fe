#pragma once
#include <string>

#include "tests/support/process.hpp"

namespace transload::test {

/// Why a program that has ended by itself must not have: empty when it gave up because a server was away and said so, which
/// is all that a bad network and restarted servers excuse. A signal, rows that differ, a refusal, an end without a report and
/// every other failure are never excused; neither is exit code 0.
[[nodiscard]] std::string unexcused_ending(const ProcessResult& result);

}  // namespace transload::test

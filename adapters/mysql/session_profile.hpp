#pragma once
#include <string>
#include <vector>

#include "adapters/mysql/connection.hpp"

namespace transload::mysql {

/// Statements that a new session runs before its first use.
[[nodiscard]] std::vector<std::string> session_statements(const ConnectOptions& options,
                                                          const ServerVersion& version);

}  // namespace transload::mysql

#pragma once
#include <memory>

#include "adapters/mysql/connection.hpp"

namespace transload::native {

/// A session for exact writing: transactions are committed by the caller, unique keys are checked, foreign keys are not
/// (their order is the source's business), old values are taken as they are.
[[nodiscard]] std::unique_ptr<mysql::Connection> open_write_session(const Endpoint& to, bool log_bin, const std::string& group);

}  // namespace transload::native

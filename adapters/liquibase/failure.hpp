#pragma once
#include <string>
#include <vector>

#include "orchestrator/plan/error.hpp"

namespace transload::liquibase {

/// What a failed run wrote, made into one error: which object, what the server said, what to do.
struct RunFailure {
    std::string change_set;   ///< id of the changeSet that failed; empty when none was reached
    std::string message;      ///< one sentence
    unsigned code = 0;        ///< the server's error number; 0 when unknown
    bool started = false;     ///< Liquibase itself came up
    bool connection = false;  ///< no session with the server
};

[[nodiscard]] RunFailure read_failure(const std::vector<std::string>& output);

/// "table:orders" → "table orders"; percent codes resolved.
[[nodiscard]] std::string describe_change_set(const std::string& id);

/// The error that a user reads. `database` and `endpoint` say where.
[[nodiscard]] Error to_error(const RunFailure& failure, const std::string& database,
                             const std::string& endpoint, const std::string& log_file);

}  // namespace transload::liquibase

#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/job/job.hpp"

namespace transload {

/// A table that an earlier job handed over to its target and did not take back: what was written to it since is in no
/// other place.
struct HandedOver {
    std::string job;
    std::int64_t since = 0;  ///< Unix time in ms; 0 = just now
};

/// By "database.table" of the target, in lower case.
using HandedOverTables = std::map<std::string, HandedOver>;

/// Those that other jobs handed over to the server that is `job`'s target.
[[nodiscard]] HandedOverTables handed_over_tables(const std::vector<Job>& all, const Job& job);

/// Whatever `if_exists` says, none of them is emptied or dropped: turns what preflight found of them into errors.
void spare_handed_over(const HandedOverTables& tables, Findings& findings);

/// The first table that the job would empty or drop and that was handed over after the job was planned, as a failure.
[[nodiscard]] std::optional<Failure> handed_over_since(const HandedOverTables& tables, const Job& job);

}  // namespace transload

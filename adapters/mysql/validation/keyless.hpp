#pragma once
#include <cstdint>
#include <vector>

#include "adapters/mysql/validation/digest_merge.hpp"
#include "adapters/mysql/validation/target_tables.hpp"
#include "orchestrator/plan/report.hpp"

namespace transload::mysql::validation {

struct KeylessResult {
    std::uint64_t source_rows = 0;
    std::uint64_t target_rows = 0;
    std::uint64_t mismatches = 0;  ///< what is left
    std::uint64_t repaired = 0;
    std::vector<Mismatch> details;
};

/// Compares a table without a key as a multiset of rows: first by counts and sums of digests, then, when these
/// differ, digest by digest. `repair_into`: the target table to mend, null to leave it alone. `room`: details
/// that are still wanted. Transient errors are retried.
[[nodiscard]] KeylessResult validate_keyless(Lane& lane, const TablePlan& plan, const TableQueries& queries,
                                             const TargetTable* repair_into, std::size_t room);

}  // namespace transload::mysql::validation

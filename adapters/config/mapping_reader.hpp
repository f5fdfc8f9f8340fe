#pragma once
#include <vector>

#include "adapters/config/reader.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload::config {

/// A list of rules: {match, rename, prefix, suffix, columns, leave_out, where}, or the text "match=rename". The first
/// rule that fits a table is its. Throws "config.conflict" where rename meets prefix or suffix, a wildcard or another
/// rule of the same match, "config.value" for names that no server can have.
[[nodiscard]] std::vector<TableMapping> read_mappings(const Value& value);

}  // namespace transload::config

#pragma once
#include <string>

#include "orchestrator/job/job.hpp"

namespace transload::cli {

/// The report of a job for a person to read.
[[nodiscard]] std::string report_text(const Job& job);

/// Findings, one block each, errors first.
[[nodiscard]] std::string findings_text(const Findings& findings);

/// What was compared and what was found, with the rows that differ.
[[nodiscard]] std::string validation_text(const std::vector<TableReport>& tables, const ValidationReport& summary);

}  // namespace transload::cli

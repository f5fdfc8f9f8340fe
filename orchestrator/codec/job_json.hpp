#pragma once
#include <string>
#include <vector>

#include "orchestrator/codec/json_text.hpp"
#include "orchestrator/job/job.hpp"

namespace transload {

/// The public document of a job (`migrate --json`, `GET /job/{id}`), see docs/report-format.md. Holds no
/// secret and no path of a credential.
[[nodiscard]] Json job_to_json(const Job& job);

/// null, or {"state", "step", "object", "message", "remedy", "id"}.
[[nodiscard]] Json failure_to_json(const std::optional<Failure>& failure);
[[nodiscard]] std::optional<Failure> failure_from_json(const Json& document);

/// What a list of jobs shows of each.
struct JobSummary {
    JobId id;
    JobState state = JobState::draft;
    std::string source;  ///< "user@host:port"
    std::string target;
    std::vector<DatabaseMapping> databases;
    std::string message;  ///< of the failure, empty when there is none
    WallTime created;
    WallTime updated;
};

[[nodiscard]] JobSummary summary_of(const Job& job);
[[nodiscard]] Json summary_to_json(const JobSummary& summary);
/// Throws Error{failed, "codec.malformed"}.
[[nodiscard]] JobSummary summary_from_json(const Json& document);

}  // namespace transload

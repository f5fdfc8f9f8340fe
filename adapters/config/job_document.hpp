#pragma once
#include <optional>
#include <string>

#include "adapters/config/node.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload::config {

/// Who wrote a job document, and what applies where it is silent.
struct JobRules {
    /// It came over the network: keys that name programs or files of this machine (`schema_dir`, `state_dir`,
    /// `liquibase`, `password_file`, a hook, `ca`, `cert` and `key` of `tls`) are Error "config.not_allowed"; they are the server's configuration.
    bool remote = false;
    LiquibaseOptions liquibase;
    std::string schema_dir = "./generated-schema";
    /// Its proxies are for jobs that name none themselves and whose engine is not native.
    ShardingSphereOptions shardingsphere;
};

/// Writes `cutover: auto` as `cutover: {mode: auto}`, so that a later layer that says more of it (a flag, a variable)
/// adds to the mode and does not replace it. To be called on each layer before they are merged.
void expand_short_forms(Node& document);

/// The job that a document asks for, after the environment and flags were merged into it. Reads password
/// files. Throws Error (see config_error.hpp) at the first thing that is wrong.
[[nodiscard]] JobSpec job_spec_from(const Node& document, const JobRules& rules = {});

/// `state_dir` of a job document; nullopt when it does not say.
[[nodiscard]] std::optional<std::string> state_dir_of(const Node& document);

/// The job of a request's body (JSON), under the rules for remote documents.
[[nodiscard]] JobSpec job_spec_from_request(std::string_view body, JobRules rules);

/// `current` with what a document (a map) says of rows_per_second, bytes_per_second, replica_lag, threads_running and
/// history_list_length, the limits that may be changed while a job runs.
[[nodiscard]] Limits changed_limits(const Node& document, const Limits& current);
/// The same for a request's body (JSON).
[[nodiscard]] Limits changed_limits_from_request(std::string_view body, const Limits& current);

}  // namespace transload::config

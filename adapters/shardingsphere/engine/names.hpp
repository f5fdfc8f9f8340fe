#pragma once
#include <string>

#include "orchestrator/job/job_id.hpp"

/// The names that a job gives to what it makes on proxies and on the target. They hold the job's id, so that what is
/// found under one is the job's own and no other's.
namespace transload::shardingsphere {

/// The job's source unit for its n-th database: "tl_20261120101500ab12cd34_s0".
[[nodiscard]] std::string source_unit_name(const JobId& job, std::size_t database);

/// The job's storage unit for its n-th target database, where the target is not sharded: "…_t0".
[[nodiscard]] std::string target_unit_name(const JobId& job, std::size_t database);

/// Where a table waits under a name that no source table has: "…_12_" and the number of the attempt.
[[nodiscard]] std::string staging_prefix(const JobId& job, unsigned table);
[[nodiscard]] std::string staging_name(const JobId& job, unsigned table, unsigned attempt);

/// The logical database for the job's n-th target database: of the same name where the proxy has none of it and takes it,
/// else one with the job's id and n in it.
[[nodiscard]] std::string logical_database_name(const JobId& job, std::size_t database, const std::string& target_database,
                                                bool taken);

}  // namespace transload::shardingsphere

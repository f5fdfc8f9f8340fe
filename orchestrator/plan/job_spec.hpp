#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "orchestrator/plan/endpoint.hpp"

namespace transload {

enum class EngineChoice { automatic, native, shardingsphere };
enum class IfExists { refuse, empty_ok, truncate, drop };
enum class ValidationLevel { counts, sample, checksum, rows };
enum class CutoverMode { none, automatic, manual };
/// What becomes of DEFINER clauses: kept, left out (the migrating account owns the object), or mapped.
enum class DefinerPolicy { keep, strip, map };

struct DatabaseMapping {
    std::string source;
    std::string target;
};

/// Shell globs (`*`, `?`, `[a-z]`, `\x` for a literal x) matched against "table" or "database.table". Views are selected the same way.
struct Selection {
    std::vector<std::string> include{"*"};
    std::vector<std::string> exclude;
};

struct DefinerOptions {
    DefinerPolicy policy = DefinerPolicy::keep;
    std::string account;  ///< for map: `user@host`
};

struct Limits {
    unsigned workers = 4;                           ///< parallel lanes, each a reader and a writer
    std::uint64_t rows_per_second = 0;              ///< 0 = no limit
    std::uint64_t bytes_per_second = 0;             ///< 0 = no limit
    std::uint64_t memory = 128ULL << 20;            ///< bytes of buffers of one job
    std::chrono::milliseconds replica_lag{5'000};   ///< back off while a replica of the source lags more; 0 = ignore
    std::uint64_t threads_running = 0;              ///< back off while the source runs more threads; 0 = ignore
    std::uint64_t history_list_length = 0;          ///< back off while the source's undo is longer; 0 = ignore
};

struct RetryPolicy {
    unsigned attempts = 5;  ///< of one step, on transient errors
    std::chrono::milliseconds backoff_min{1'000};
    std::chrono::milliseconds backoff_max{60'000};
};

struct LiquibaseOptions {
    std::string home;  ///< empty: LIQUIBASE_HOME, then PATH, then what scripts/setup installed
    std::string java;  ///< empty: JAVA_HOME, then PATH
    std::chrono::milliseconds timeout{600'000};  ///< for one run
};

/// One migration as the user asked for it. Immutable once the job exists.
struct JobSpec {
    Endpoint source;
    Endpoint target;
    std::vector<DatabaseMapping> databases;
    EngineChoice engine = EngineChoice::automatic;
    Selection tables;
    IfExists if_exists = IfExists::refuse;
    ValidationLevel validate = ValidationLevel::checksum;
    double sample_share = 0.05;  ///< of the chunks, for ValidationLevel::sample; 0 < share <= 1
    std::uint64_t sample_seed = 1;
    bool repair = false;       ///< re-copy the rows that validation finds different, then validate them again
    bool show_values = false;  ///< put column values into mismatches; they are hidden otherwise
    CutoverMode cutover = CutoverMode::none;
    DefinerOptions definers;
    bool target_log_bin = true;  ///< false: `sql_log_bin=0` while loading; only where the target feeds no replica
    Limits limits;
    RetryPolicy retry;
    LiquibaseOptions liquibase;
    std::string schema_dir = "./generated-schema";
    bool start = true;  ///< go on by itself as soon as preflight has passed
};

}  // namespace transload

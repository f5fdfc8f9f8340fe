#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/plan/endpoint.hpp"

namespace transload {

enum class EngineChoice { automatic, native, shardingsphere };
enum class IfExists { refuse, empty_ok, truncate, drop };
enum class ValidationLevel { counts, sample, checksum, rows };
enum class CutoverMode { none, automatic, manual };
/// How the source is kept from taking writes while the job cuts over.
enum class WriteStopMethod {
    super_read_only,  ///< SET GLOBAL super_read_only (MariaDB: read_only); the hook, when there is one, runs before
    revoke,           ///< privileges to write are taken from the named accounts and put back exactly
    lock_tables,      ///< LOCK TABLES … READ on the job's tables, held by a session
    hook,             ///< the hook alone stops the writers
};
/// What a write stop does with transactions that are open on the source.
enum class OpenTransactions { wait, kill };
/// What a change of a migrated table's definition on the source does to a job that follows.
enum class DdlPolicy {
    stop,    ///< the job fails with the statement and its position
    ignore,  ///< an event says so; the stream stops later if rows no longer fit
    apply,   ///< the statement is run on the target as well
};
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
    std::chrono::milliseconds replica_lag{5'000};   ///< back off while the source, itself a replica, lags more; 0 = ignore
    std::uint64_t threads_running = 0;              ///< back off while the source runs more threads; 0 = ignore
    std::uint64_t history_list_length = 0;          ///< back off while the source's undo is longer; 0 = ignore
};

struct RetryPolicy {
    unsigned attempts = 5;  ///< of one step, on transient errors
    std::chrono::milliseconds backoff_min{1'000};
    std::chrono::milliseconds backoff_max{60'000};
};

/// Who is told that the target has taken over. Both may be set; the job's facts go to them as JSON (docs/cutover.md).
struct HandOverOptions {
    std::vector<std::string> command;  ///< program and arguments; the facts come on its standard input
    std::string webhook;               ///< http:// or https:// URL; the facts are POSTed
    std::chrono::milliseconds timeout{10'000};  ///< a hand-over that takes longer has failed, and the cutover is withdrawn
};

/// How and when the job takes the source's writers over.
struct CutoverOptions {
    CutoverMode mode = CutoverMode::none;
    WriteStopMethod write_stop = WriteStopMethod::super_read_only;
    std::vector<std::string> accounts;  ///< for revoke: 'user@host'
    /// Program and arguments; called with one more argument, `stop` or `release`. Empty: none.
    std::vector<std::string> hook;
    std::chrono::milliseconds timeout{60'000};  ///< from the write stop to the proven drain; then it is withdrawn
    OpenTransactions open_transactions = OpenTransactions::wait;
    std::chrono::milliseconds transaction_limit{10'000};  ///< wait: so long, then withdrawn; kill: so long, then killed
    std::chrono::milliseconds max_lag{1'000};   ///< the write stop is not begun while the lag is greater
    bool reverse = false;                       ///< keep the source up to date after it, until `finish` or `rollback`
    HandOverOptions hand_over;

    /// How long a server may take to answer while writers wait for it.
    [[nodiscard]] std::chrono::seconds answer_limit() const {
        return std::max(std::chrono::seconds{5}, std::chrono::duration_cast<std::chrono::seconds>(timeout));
    }
};

/// How a job follows its source.
struct FollowOptions {
    DdlPolicy ddl = DdlPolicy::stop;
    std::chrono::milliseconds validate_every{0};  ///< compare both sides again and again while following; 0 = once
};

/// How one or several tables go by other names on the target. The first rule of a job whose `match` fits a table is its.
struct TableMapping {
    std::string match;   ///< shell glob on "table" or "database.table" of the source
    std::string rename;  ///< the target's table name; only where `match` names one table. Empty: see prefix and suffix
    std::string prefix;  ///< put before the name
    std::string suffix;  ///< put behind it
    std::map<std::string, std::string> columns;  ///< source column → target column
    std::vector<std::string> leave_out;          ///< source columns that the target does not have
    std::string where;   ///< SQL condition on columns that never change: only these rows are taken. Empty: all
};

/// One ShardingSphere-Proxy that a job may use.
struct ProxyOptions {
    Endpoint endpoint;                             ///< speaks the MySQL protocol
    std::string namespace_name = "governance_ds";  ///< in ZooKeeper; no two proxies of a job share one
    std::string zookeeper;                         ///< "host:port[,host:port]" as seen from here; empty: as the proxy says
};

struct ShardingSphereOptions {
    std::vector<ProxyOptions> proxies;         ///< none: the engine is not to be had
    unsigned tables_at_once = 4;               ///< migrations that run at a time on one proxy
    unsigned read_threads = 4;                 ///< of one table's inventory
    unsigned write_threads = 4;
    std::uint64_t batch_size = 1'000;          ///< rows of one read and one write
    std::uint64_t range_rows = 250'000;        ///< rows of one inventory range of an integer key (SHARDING_SIZE)
    std::chrono::milliseconds stall{15'000};   ///< a proxy that does not answer for so long is dead
};

/// A database of a sharded target.
struct StorageUnit {
    std::string name;  ///< as DistSQL calls it: letters, digits, '_'
    Endpoint endpoint;
    std::string database;
};

/// How one table is spread.
struct ShardingRule {
    std::string table;                              ///< the source's name; the target's logical table has the same
    std::vector<std::string> units;                 ///< names of storage units
    std::string column;                             ///< sharding column
    std::string algorithm = "hash_mod";
    std::map<std::string, std::string> properties;  ///< of the algorithm: {"sharding-count": "4"}
};

/// A target that is spread over several servers by ShardingSphere. JobSpec::target is then the server of the default
/// unit, and the job's one database maps to that unit's database.
struct ShardedTarget {
    std::string database;  ///< the logical database on the proxy
    std::vector<StorageUnit> units;
    std::string default_unit;  ///< where tables without a rule live
    std::vector<ShardingRule> rules;
    /// Foreign keys, triggers, views and programs that can't exist over shards: false refuses the job, true leaves
    /// them out and says so.
    bool leave_out_unsupported = false;
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
    CutoverOptions cutover;
    FollowOptions follow;
    std::vector<TableMapping> mappings;
    ShardingSphereOptions shardingsphere;
    std::optional<ShardedTarget> sharding;
    DefinerOptions definers;
    bool target_log_bin = true;  ///< false: `sql_log_bin=0` while loading; only where the target feeds no replica
    Limits limits;
    RetryPolicy retry;
    LiquibaseOptions liquibase;
    std::string schema_dir = "./generated-schema";
    bool start = true;  ///< go on by itself as soon as preflight has passed
};

}  // namespace transload

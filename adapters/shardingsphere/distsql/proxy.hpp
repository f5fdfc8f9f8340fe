#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/plan/job_spec.hpp"

namespace transload::shardingsphere {

/// What the proxy answered instead of a result. `code` is its vendor code (18105 …) or the client library's when it
/// gave no answer; id() is "shardingsphere.<word>", remedy() says what to do. kind(): transient for a lost or silent
/// proxy (2002, 2003, 2006, 2013, time limits), for 10201 right after a registration and for what the table of
/// docs/distsql.md calls so, failed otherwise.
class ProxyError : public Error {
  public:
    ProxyError(ErrorKind kind, unsigned code, std::string id, std::string object, const std::string& message,
               std::string remedy);
    [[nodiscard]] unsigned code() const noexcept { return code_; }
    /// The proxy gave no answer: dead, stalled or cut off. What was sent may have been done.
    [[nodiscard]] bool no_answer() const noexcept;

  private:
    unsigned code_;
};

/// A storage unit as statements name it: JDBC URL (made from endpoint and database) and account.
struct UnitDefinition {
    std::string name;
    Endpoint endpoint;
    std::string database;
    unsigned max_pool_size = 50;
};

/// One row of SHOW [MIGRATION SOURCE] STORAGE UNITS.
struct UnitRow {
    std::string name;
    std::string host;
    std::uint16_t port = 0;
    std::string database;
};

/// One row of SHOW MIGRATION LIST.
struct MigrationEntry {
    std::string id;
    std::string tables;  ///< "unit.table"
    bool active = false;  ///< not disabled; says nothing of a living proxy
};

/// SHOW MIGRATION STATUS of a job, which has one item in 5.5.2.
struct MigrationStatus {
    std::string status;  ///< RUNNING, PREPARING, EXECUTE_INVENTORY_TASK, EXECUTE_INCREMENTAL_TASK, …; "" when none is told
    bool active = false;
    std::uint64_t processed_records = 0;
    double inventory_percentage = 0;
    std::optional<std::uint64_t> incremental_idle_seconds;
    std::string error_message;  ///< a stack trace; empty while all is well
    [[nodiscard]] bool inventory_done() const { return status == "EXECUTE_INCREMENTAL_TASK"; }
};

/// SHOW MIGRATION CHECK STATUS of a job.
struct CheckStatus {
    std::optional<bool> result;  ///< none while it runs, and when it failed with error_message
    bool active = false;
    double inventory_percentage = 0;
    std::string error_message;
};

struct MigrationRule {
    unsigned read_threads = 20;
    std::uint64_t read_batch = 1'000;
    std::uint64_t sharding_size = 10'000'000;
    unsigned write_threads = 20;
    std::uint64_t write_batch = 1'000;
    std::uint64_t queue_size = 2'000;
    std::uint64_t rows_per_second = 0;  ///< 0 = no rate limiter
    friend bool operator==(const MigrationRule&, const MigrationRule&) = default;
};

/// The instance that answers.
struct ComputeNode {
    std::string instance_id;
    std::string host;
    std::uint16_t port = 0;
    std::string status;  ///< "OK" while it lives
    std::string version;
};

/// SHOW COMPUTE NODE MODE.
struct ProxyMode {
    std::string type;         ///< "Cluster"
    std::string repository;   ///< "ZooKeeper"
    std::string namespace_name;
    std::string server_lists;  ///< of ZooKeeper, as the proxy reaches it
};

/// A session at one proxy, with the statements of DistSQL as calls. Not thread-safe. Connects at the first call and
/// again after a loss; a statement is never repeated by itself. Every call throws ProxyError; a call that takes longer
/// than its limit ends as no_answer(); changes of metadata have four times the limit. A call that changes what the
/// proxy keeps of databases, units, rules and single tables returns when the proxy shows the change (it answers
/// earlier), or throws "shardingsphere.not_kept".
class Proxy {
  public:
    explicit Proxy(ProxyOptions options, std::chrono::milliseconds answer_limit = std::chrono::seconds{15});
    ~Proxy();
    Proxy(Proxy&&) noexcept;
    Proxy& operator=(Proxy&&) noexcept;

    [[nodiscard]] const ProxyOptions& options() const noexcept;
    [[nodiscard]] bool alive() noexcept;  ///< answers within the limit

    [[nodiscard]] ProxyMode mode();
    /// SHOW COMPUTE NODE INFO: who answers. SHOW COMPUTE NODES also lists instances that are dead, and gives no order.
    [[nodiscard]] ComputeNode self();
    [[nodiscard]] std::vector<std::string> databases();
    void create_database(const std::string& name);
    void drop_database(const std::string& name);
    /// Makes a database the session's own; kept over reconnects. Migration statements need one.
    void use(const std::string& name);

    [[nodiscard]] std::vector<UnitRow> storage_units(const std::string& database);
    void register_storage_unit(const UnitDefinition& unit);
    void unregister_storage_unit(const std::string& name);
    [[nodiscard]] std::vector<UnitRow> source_units();
    void register_source_unit(const UnitDefinition& unit);
    void unregister_source_unit(const std::string& name);

    [[nodiscard]] MigrationRule migration_rule();
    /// Sends the whole rule and reads it back; throws when the proxy kept another one.
    void set_migration_rule(const MigrationRule& rule);

    void create_sharding_rule(const ShardingRule& rule);
    [[nodiscard]] std::vector<std::string> sharding_rules();  ///< names of tables that have one
    void drop_sharding_rule(const std::string& table);
    /// Actual nodes of a sharded table: "ds_0.orders_0".
    [[nodiscard]] std::vector<std::string> sharding_nodes(const std::string& table);
    void set_default_single_unit(const std::string& unit);
    /// One statement for all: each reads the whole schema anew, which takes the proxy seconds.
    void load_single_tables(const std::string& unit, const std::vector<std::string>& tables);
    void refresh_metadata();

    void migrate_table(const std::string& source_unit, const std::string& table, const std::string& database,
                       const std::string& target_table);
    [[nodiscard]] std::vector<MigrationEntry> migrations();
    /// nullopt when there is no such job (18101).
    [[nodiscard]] std::optional<MigrationStatus> migration_status(const std::string& id);
    void start_migration(const std::string& id);
    void stop_migration(const std::string& id);
    void commit_migration(const std::string& id);
    /// Drops the target table: only for a table that this job created.
    void rollback_migration(const std::string& id);

    void check_migration(const std::string& id, std::uint64_t chunk_rows = 1'000);
    /// nullopt while there is no row yet, or no check (18112).
    [[nodiscard]] std::optional<CheckStatus> check_status(const std::string& id);
    void stop_check(const std::string& id);
    void drop_check(const std::string& id);

    /// Any other statement; rows by lower-case column name.
    std::vector<std::map<std::string, std::string>> run(std::string_view statement);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace transload::shardingsphere

#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "orchestrator/plan/finding.hpp"

/// Everything that the gate can find, as data. docs/shardingsphere-gate.md is generated from this table.
namespace transload::shardingsphere {

/// What a finding means for the tables that it is about.
enum class Weight {
    table,     ///< ShardingSphere can't carry the table: error, or info and native
    job,       ///< ShardingSphere can carry no table of the job: error, or info and native
    sharding,  ///< the rules for the sharded target can't be kept: error
    left_out,  ///< can't exist over shards: error, or warning when the job leaves such things out
    warning,   ///< the tables are carried all the same
};

struct GateKind {
    std::string_view id;
    Weight weight;
    std::string_view when;
    std::string_view remedy;  ///< in general; a finding carries its own where there is one
};

namespace gate_table {

inline constexpr auto kinds = std::to_array<GateKind>({
    // clang-format off
    // The proxies
    {"shardingsphere.no_proxy", Weight::job, "The engine or a sharded target is asked for, and the job names no proxy", "Name one: --proxy URL, or shardingsphere.proxies"},
    {"shardingsphere.proxy_version", Weight::job, "A proxy is not of version 5.5.2: other versions lose other rows, and nobody looked which", "Run ShardingSphere-Proxy 5.5.2"},
    {"shardingsphere.proxy_mode", Weight::job, "A proxy does not run in cluster mode with ZooKeeper: it refuses migrations", "mode: {type: Cluster, repository: {type: ZooKeeper}} in its global.yaml"},
    {"shardingsphere.proxy_namespace", Weight::job, "A proxy's ZooKeeper namespace is not the one that the job names, or two proxies of the job share one: 5.5.2 would give all migrations to one of them", "Give each proxy a namespace of its own, and name it in the job"},
    {"shardingsphere.proxy_database", Weight::job, "A proxy knows a database of the target's name already, with storage units that are not the job's", "DROP DATABASE it at the proxy when nothing uses it, or choose another name"},

    // The source as a whole
    {"shardingsphere.source_flavour", Weight::job, "The source is not MySQL 5.7 to 8.3: MariaDB's binary log is another, and MySQL 8.4 has no SHOW MASTER STATUS", "Use the native engine"},
    {"shardingsphere.source_binlog", Weight::job, "The source's binary log is off, not in row format, not with full rows, compressed, with partial JSON, filtered, or without what a replica applies: the proxy refuses it or passes over events", "SET GLOBAL … as the finding says"},
    {"shardingsphere.source_tls", Weight::job, "The source or the job demands TLS: the proxy reads binary logs without it", "Use the native engine"},
    {"shardingsphere.endpoint", Weight::job, "A host, database or account of the job can't be written into a proxy's URL", "Use names of letters, digits, '_', '-' and '.'"},
    {"shardingsphere.account_plugin", Weight::job, "The source's account logs in by a plugin that the proxy does not speak", "ALTER USER … IDENTIFIED WITH caching_sha2_password BY …"},
    {"shardingsphere.privilege", Weight::job, "An account lacks a privilege that the proxy needs", "GRANT … as the finding says"},
    {"shardingsphere.database_case", Weight::job, "The source writes the database's name in another case than the job does: the proxy compares them byte by byte and would pass over every event", "Write the name as SHOW DATABASES does"},
    {"shardingsphere.neighbour", Weight::job, "A table of the source server that ShardingSphere does not carry is being written, and holds values at which the proxy's reader of the binary log loses its place: it then loses events of all tables, or stands still without an error", "Set the source read-only for the copy (without a cutover), keep writers off that table, or use the native engine"},
    {"shardingsphere.source_retention", Weight::warning, "Binary logs may be purged before the inventory is done; the proxy would then reconnect for ever without an error", "SET GLOBAL binlog_expire_logs_seconds=604800"},
    {"shardingsphere.neighbour_idle", Weight::warning, "A table of the source server that ShardingSphere does not carry could get values at which the proxy's reader of the binary log loses its place, and no such value was seen to be written. Drain and check notice it when it happens; the job then fails instead of losing rows", "Keep writers off that table until the job is done"},
    {"shardingsphere.connections", Weight::warning, "A server lacks connections for the migrations: each has pools of its own for as long as it follows, and those that copy have one for each of their threads", "SET GLOBAL max_connections=…, or move the tables in several jobs"},
    {"shardingsphere.target_mode", Weight::warning, "The target's sql_mode is not strict: values that the proxy misreads would be cut instead of refused", "SET GLOBAL sql_mode=CONCAT(@@GLOBAL.sql_mode, ',STRICT_TRANS_TABLES') while the job runs"},

    // Names
    {"shardingsphere.table_name", Weight::table, "MIGRATE TABLE can't name the table: it takes letters, digits and '_' without quotes, and no word of DistSQL", "Rename the table, or leave it to the native engine"},
    {"shardingsphere.reserved_name", Weight::table, "The source does not take the table's name without quotes, and the proxy sends it so", "Rename the table, or leave it to the native engine"},
    {"shardingsphere.name_twin", Weight::table, "Another table of the database differs from this one in case only: the proxy applies the changes of both to one", "Rename one of them, or leave both to the native engine"},
    {"shardingsphere.name_pattern", Weight::table, "Read as a LIKE pattern, as the proxy does, the name fits another table too, with other columns: it takes the columns of both for those of one", "Rename one of them, or leave the table to the native engine"},
    {"shardingsphere.column_name", Weight::table, "A column's name breaks the proxy's statements", "Rename the column, or leave the table to the native engine"},
    {"shardingsphere.index_name", Weight::table, "The proxy writes the names of indexes and foreign keys without quotes, and its parser does not take this one", "Rename it, or leave the table to the native engine"},
    {"shardingsphere.mapping", Weight::table, "A rule of the job gives the table or a column another name on the target, leaves columns out or takes some rows only: a migration of the proxy carries whole tables under their own names", "Leave the table to the native engine, or take the rule away"},
    {"shardingsphere.definition", Weight::table, "The proxy's parser does not understand the table's definition", "Leave the table to the native engine"},

    // Keys
    {"shardingsphere.no_key", Weight::table, "The table has no primary key and no unique key over NOT NULL columns: changes match rows by `=`, which never matches NULL, and an interrupted copy duplicates rows", "ALTER TABLE … ADD PRIMARY KEY …"},
    {"shardingsphere.nullable_unique", Weight::table, "A unique index has a column that may be NULL: updates and deletes of rows with NULL there are lost without an error", "Make the column NOT NULL, or set the source read-only for the copy"},
    {"shardingsphere.unsigned_key", Weight::table, "The unsigned key holds values above 2^63-1: the inventory skips such rows without an error", "Leave the table to the native engine"},
    {"shardingsphere.key_span", Weight::table, "The ends of the integer key lie further apart than 2^63-1: the proxy's arithmetic fails when it cuts the table into ranges", "Leave the table to the native engine"},
    {"shardingsphere.key_type", Weight::table, "A column of a unique index has a type whose values the proxy can't find again: changes of the row are lost", "Set the source read-only for the copy, or leave the table to the native engine"},
    {"shardingsphere.functional_index", Weight::table, "An index over an expression is a hidden column in the binary log, which the proxy does not know", "Set the source read-only for the copy, or leave the table to the native engine"},
    {"shardingsphere.auto_increment_zero", Weight::table, "A row has 0 in the AUTO_INCREMENT column, which the target would number anew", "UPDATE the row to another number, or leave the table to the native engine"},

    // Columns
    {"shardingsphere.column_type", Weight::table, "A column has a type that the proxy does not carry unchanged; see the table of types below", "Leave the table to the native engine, or, where only live changes are lost, set the source read-only for the copy"},
    {"shardingsphere.column_charset", Weight::table, "A CHAR or VARCHAR is in a character set that the proxy takes for UTF-8 when it follows: text is damaged, or the migration dies", "Convert the column to utf8mb4, or set the source read-only for the copy"},
    {"shardingsphere.zero_dates", Weight::table, "A date is zero or has a zero part, or the source lets writers make such: the inventory writes NULL instead, and events are dropped", "Mend the rows and set NO_ZERO_DATE, NO_ZERO_IN_DATE and STRICT_TRANS_TABLES, or leave the table to the native engine"},
    {"shardingsphere.calendar", Weight::table, "A date lies where the proxy's calendar has none (invalid, or 5 to 14 October 1582)", "Leave the table to the native engine"},
    {"shardingsphere.unsigned_values", Weight::table, "A BIGINT UNSIGNED column holds values above 2^63-1, on which the proxy dies when it follows", "Set the source read-only for the copy, or leave the table to the native engine"},
    {"shardingsphere.generated_column", Weight::table, "The table has generated columns, into which the proxy writes", "Leave the table to the native engine"},
    {"shardingsphere.invisible_column", Weight::table, "The table has invisible columns, which was not tried", "Make them visible, or leave the table to the native engine"},
    {"shardingsphere.on_update", Weight::table, "A column has ON UPDATE CURRENT_TIMESTAMP: where an update leaves its value as it was, the target sets its own clock's", "Set the source read-only for the copy, or leave the table to the native engine"},
    {"shardingsphere.big_values", Weight::table, "A column holds values of over 4 MiB: an event of over 16 MiB, which has a changed row twice, stops the proxy without an error", "Set the source read-only for the copy, or leave the table to the native engine"},
    {"shardingsphere.cascade", Weight::table, "A foreign key changes rows of the table when its parent changes. InnoDB writes no event of that, so the target keeps the old rows", "Set the source read-only for the copy, or leave the table to the native engine"},
    {"shardingsphere.data_unread", Weight::warning, "Looking for values that the proxy does not carry took too long and was not finished", "Nothing; check and validation look at every row"},

    // Sharded targets
    {"shardingsphere.native_sharded", Weight::sharding, "A sharded target is asked for with the native engine, which can't reach it", "engine: auto or shardingsphere"},
    {"shardingsphere.sharding_databases", Weight::sharding, "A sharded target takes one database, and the job names more", "Make a job of each database"},
    {"shardingsphere.sharding_unit", Weight::sharding, "A rule or the default names a storage unit that the target does not have, or a rule names none, or two units are one database", "Add the unit to sharding.units, or correct the name"},
    {"shardingsphere.sharding_table", Weight::sharding, "A rule is for a table that the job does not move, or a table has two rules", "Correct the name, or select the table"},
    {"shardingsphere.sharding_column", Weight::sharding, "A rule's column does not exist, may be NULL, is generated, or has a type that the algorithm does not place the same in copy, change and query", "Choose a NOT NULL column of a whole number or of text"},
    {"shardingsphere.sharding_algorithm", Weight::sharding, "A rule's algorithm is not one that places tables by itself, or lacks a property", "hash_mod or mod with sharding-count; see ShardingSphere's manual for boundary_range, volume_range and auto_interval"},
    {"shardingsphere.sharding_name", Weight::sharding, "A table or column of a rule has a name that DistSQL does not take", "Rename it"},
    {"shardingsphere.sharding_uniqueness", Weight::warning, "A unique key of a sharded table does not contain the sharding column: each shard guards it for itself only. The rows that are moved are unique; those to come are in the hands of the application", "Put the sharding column into the key, or let the application or a key generator make unique values"},
    {"shardingsphere.sharding_child", Weight::sharding, "A sharded table has a foreign key: the proxy makes it refer to the table itself, and the migration fails", "ALTER TABLE … DROP FOREIGN KEY on the source, or take the rule away"},
    {"shardingsphere.sharding_foreign_key", Weight::left_out, "A foreign key to a sharded table can't exist over shards", "sharding.leave_out_unsupported: true, or take the rule away"},
    {"shardingsphere.sharding_trigger", Weight::left_out, "A trigger of a sharded table can't exist over shards", "sharding.leave_out_unsupported: true, or take the rule away"},
    {"shardingsphere.sharding_program", Weight::left_out, "A view, routine, trigger or event names a sharded table, which no single server of the target has", "sharding.leave_out_unsupported: true, or exclude it"},
    // clang-format on
});

consteval std::size_t index_of(std::string_view id) {
    for (std::size_t i = 0; i < kinds.size(); ++i)
        if (kinds[i].id == id) return i;
    throw "no finding of this id in the table";
}

}  // namespace gate_table

/// A finding's id that is known to be in the table: any other does not compile.
class GateId {
  public:
    consteval GateId(const char* id) : index_(gate_table::index_of(id)) {}  // NOLINT: meant to be implicit
    [[nodiscard]] constexpr const GateKind& kind() const { return gate_table::kinds[index_]; }

  private:
    std::size_t index_;
};

/// One reason of the gate, before it is known what it means for the job.
struct Reason {
    GateId id;
    std::string object;
    std::string message;
    std::string remedy;  ///< empty: the table's
};

/// The finding that a reason becomes. `native_instead`: the table or job goes to the native engine because of
/// it.
[[nodiscard]] Finding finding_of(const Reason& reason, bool native_instead, bool leave_out_unsupported);

/// docs/shardingsphere-gate.md, whole.
[[nodiscard]] std::string gate_markdown();

}  // namespace transload::shardingsphere

#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/plan/finding.hpp"

/// Everything that preflight can find, as data. docs/preflight.md is generated from this table.
namespace transload::mysql {

struct FindingKind {
    std::string_view id;
    Severity severity;
    std::optional<Severity> otherwise;  ///< a second severity that it may have; `when` says in which case
    std::string_view when;
    std::string_view remedy;  ///< in general; a finding carries the statement with its own names
};

namespace finding_table {

inline constexpr auto info = Severity::info;
inline constexpr auto warning = Severity::warning;
inline constexpr auto error = Severity::error;
inline constexpr std::nullopt_t never = std::nullopt;

inline constexpr auto kinds = std::to_array<FindingKind>({
    // clang-format off
    // What could not be looked at
    {"preflight.check_failed", warning, never, "A check got an error from the server instead of an answer", "Read the server's message; grant what it asks for, or go on knowing that this was not checked"},
    {"preflight.not_checked", info, never, "The account may not look at something that is only worth a warning", "Grant the privilege named in the finding to have it checked"},
    {"preflight.account_expired", error, never, "The account's password has expired: the server answers nothing else until it is changed", "ALTER USER … IDENTIFIED BY 'a new password'"},

    // What was asked for
    {"selection.system_database", error, never, "A system database, or Transload's own, is named as source or target", "Choose another database"},
    {"selection.no_such_table", error, never, "A name without wildcards in the selection is neither a table nor a view of the source that the account can see", "Correct the name, or grant SELECT on it"},
    {"selection.empty", warning, error, "No table of a database is selected or visible (error when the whole job selects no table, view or sequence by its patterns, or finds nothing at all to move)", "Check the patterns, the database's name and the account's privileges"},
    {"selection.pattern_unused", warning, never, "A pattern with wildcards selects nothing, while others do", "Check the pattern's spelling"},
    {"selection.foreign_key_parent", error, warning, "A selected table has a foreign key to a table that is not selected (warning when the target has the parent already)", "Select the parent too, or exclude the child"},
    {"selection.view_needs", error, warning, "A selected view uses a table or view that is not selected (warning when the target has it already)", "Select what the view uses too, or exclude the view"},

    // Source: privileges
    {"source.privilege.select", error, never, "SELECT is missing on a database or on some selected tables", "GRANT SELECT ON …"},
    {"source.privilege.show_view", error, never, "Views are selected and SHOW VIEW is missing: their text can't be read", "GRANT SHOW VIEW ON …"},
    {"source.privilege.trigger", error, never, "TRIGGER is missing: triggers would be invisible and get lost", "GRANT TRIGGER ON …"},
    {"source.privilege.event", error, never, "EVENT is missing: events would be invisible and get lost", "GRANT EVENT ON …"},
    {"source.privilege.routine", error, never, "Procedures and functions can't be read, or it can't be known whether there are any", "MySQL from 8.0.20: GRANT SHOW_ROUTINE ON *.*; MySQL 8.0 before: GRANT SELECT ON *.*; MySQL 5.7 and MariaDB: GRANT SELECT ON mysql.proc"},
    {"source.privilege.reload", info, never, "RELOAD is missing: on a source that never rests the common view of several readers can't be opened, one reader is used", "GRANT RELOAD ON *.*"},
    {"source.privilege.process", info, never, "PROCESS is missing: long transactions and running DDL of others can't be seen", "GRANT PROCESS ON *.*"},
    {"source.privilege.replication_client", info, error, "The binary log's position can't be read (error with a cutover)", "GRANT REPLICATION CLIENT ON *.* (MariaDB: BINLOG MONITOR)"},
    {"source.privilege.replication_slave", error, never, "With a cutover: the binary log can't be followed", "GRANT REPLICATION SLAVE ON *.*"},
    {"source.privilege.write_stop", error, never, "With a cutover: the account may not stop writes on the source", "GRANT SYSTEM_VARIABLES_ADMIN, CONNECTION_ADMIN ON *.* (before MySQL 8.0: SUPER; MariaDB: READ_ONLY ADMIN, CONNECTION ADMIN)"},
    {"source.write_stop", error, warning, "With a cutover by the native engine: the chosen write stop can't be had (warning: somebody may be able to write in spite of it, or it ends with the process)", "Grant what the finding names, name other accounts, or choose another cutover.write_stop"},
    {"source.privilege.open_transactions", warning, never, "With a cutover by the native engine: PROCESS is missing, so that open transactions can't be waited for before writes stop", "GRANT PROCESS ON *.*"},
    {"source.privilege.reverse", error, never, "The way back is to be kept (reverse) and the account may not write to the source", "GRANT INSERT, UPDATE, DELETE, TRIGGER, EVENT ON …; CREATE, DROP, ALTER, INDEX too on `_transload`.*"},

    // Source: the server
    {"source.version", error, warning, "The source is older than MySQL 5.7 or MariaDB 10.5 (warning for MySQL 5.7, MariaDB before 10.11)", "Upgrade the source, or test with a copy first"},
    {"source.log_bin", info, error, "The source has no binary log: it can be copied, not followed (error with a cutover)", "Set log_bin in the source's configuration and restart it"},
    {"source.binlog_format", info, error, "binlog_format is not ROW (error with a cutover)", "SET GLOBAL binlog_format=ROW"},
    {"source.binlog_row_image", info, error, "binlog_row_image is not FULL (error with a cutover where ShardingSphere may follow, and for MINIMAL on MariaDB)", "SET GLOBAL binlog_row_image=FULL"},
    {"source.binlog_row_value_options", info, never, "Partial JSON updates are in the binary log", "Nothing for a copy; SET GLOBAL binlog_row_value_options='' if a consumer of the log can't read them"},
    {"source.binlog_transaction_compression", info, never, "Transactions are compressed in the binary log", "Nothing for a copy; SET GLOBAL binlog_transaction_compression=OFF if a consumer of the log can't read them"},
    {"source.binlog_filters", warning, error, "The binary log leaves databases out (error with a cutover when a selected one is left out)", "Remove binlog-do-db and binlog-ignore-db from the source's configuration and restart it"},
    {"source.binlog_retention", warning, never, "Binary logs may be purged before the copy is done", "SET GLOBAL binlog_expire_logs_seconds=604800"},
    {"source.server_id", info, error, "server_id is 0: no replica can connect (error with a cutover)", "SET GLOBAL server_id=1 (any number that no other server of the topology has)"},
    {"source.gtid_mode", info, never, "GTIDs are off: positions are file and offset and mean nothing on another server", "Nothing for a copy"},
    {"source.replica_stopped", warning, error, "The source is a replica whose replication does not run: the copy would be old (error with a cutover)", "START REPLICA, or copy from the primary"},
    {"source.replica_lag", warning, error, "The source is a replica that lags behind its own source (error with a cutover)", "Wait until it has caught up, or copy from the primary"},
    {"source.replicates", warning, error, "With a cutover: the source is a replica of another server, whose changes no write stop keeps away (error when it does not write them to its own binary log)", "Follow the server that is written to; SET log_replica_updates=ON in the configuration where the replica has to be the source"},
    {"source.long_transactions", warning, never, "Transactions are open for over a minute: they hold back purge, and DDL", "Let them end, or KILL them"},
    {"source.running_ddl", warning, never, "DDL is running on a selected database: the definitions that are copied may change under the job", "Wait until it has ended"},
    {"source.prepared_xa", warning, never, "Prepared XA transactions hold locks and are not part of a copy until committed", "XA COMMIT or XA ROLLBACK them"},
    {"source.leftovers", warning, never, "A selected table looks like the leftover of a schema change tool (gh-ost, pt-online-schema-change) or is one of Transload's", "DROP the table, or --exclude it"},
    {"source.connections", warning, never, "The job's sessions may not fit into max_connections or the account's limit", "SET GLOBAL max_connections=…, or lower limits.workers"},
    {"source.net_write_timeout", warning, never, "net_write_timeout is below 30 s: the server drops a reader whose target pauses", "SET GLOBAL net_write_timeout=600"},
    {"source.wait_timeout", warning, never, "wait_timeout is below 60 s: idle sessions of the snapshot would be dropped", "SET GLOBAL wait_timeout=28800"},
    {"source.max_execution_time", warning, never, "The server kills long SELECT statements", "SET GLOBAL max_execution_time=0 (MariaDB: max_statement_time=0), or exempt the account"},
    {"source.offline_mode", warning, never, "The server is in offline mode: a dropped session may not come back", "SET GLOBAL offline_mode=OFF"},
    {"source.plain_text", warning, never, "Rows and names travel unencrypted to another machine", "Add tls=required to the source's URL"},

    // Target: privileges
    {"target.privilege.tables", error, never, "The account lacks privileges that creating, loading and validating tables needs", "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES ON …"},
    {"target.privilege.views", error, never, "Views are selected and CREATE VIEW or SHOW VIEW is missing", "GRANT CREATE VIEW, SHOW VIEW ON …"},
    {"target.privilege.trigger", error, never, "Triggers are to be created and TRIGGER is missing", "GRANT TRIGGER ON …"},
    {"target.privilege.event", error, never, "Events are to be created and EVENT is missing", "GRANT EVENT ON …"},
    {"target.privilege.routine", error, never, "Routines are to be created and CREATE ROUTINE or ALTER ROUTINE is missing", "GRANT CREATE ROUTINE, ALTER ROUTINE ON …"},
    {"target.privilege.show_routine", error, never, "Routines would belong to another definer and could not be read again for the comparison", "MySQL from 8.0.20: GRANT SHOW_ROUTINE ON *.*; MySQL 8.0 before: GRANT SELECT ON *.*; MySQL 5.7 and MariaDB: GRANT SELECT ON mysql.proc"},
    {"target.privilege.checkpoints", error, never, "Transload's own schema _transload can't be created or written", "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX ON `\\_transload`.*"},
    {"target.privilege.set_definer", error, never, "Definers are kept or mapped and the account may not create objects in another account's name", "GRANT SET_ANY_DEFINER ON *.* (MySQL 8.0: SET_USER_ID; MySQL 5.7: SUPER; MariaDB: SET USER), or definers: strip"},
    {"target.privilege.system_user", error, warning, "A definer has SYSTEM_USER on the target and the account has not (warning when that can't be looked up)", "GRANT SYSTEM_USER ON *.*, or definers: strip"},
    {"target.privilege.reverse", error, never, "The way back is to be kept (reverse) and the account may not follow the target's binary log", "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* (MariaDB: BINLOG MONITOR for the latter)"},
    {"target.privilege.sql_log_bin", error, never, "The job loads with sql_log_bin=0 and the account may not set it", "GRANT SESSION_VARIABLES_ADMIN ON *.* (MySQL 5.7: SUPER; MariaDB: BINLOG ADMIN), or target_log_bin: true"},

    // Target: the server
    {"target.version", error, warning, "The target is older than MySQL 5.7 or MariaDB 10.5 (warning for MySQL 5.7)", "Choose a newer target"},
    {"target.reverse_log", error, never, "The way back is to be kept (reverse) and the target's binary log can't be followed: log_bin, binlog_format ROW, binlog_row_image FULL, server_id, databases that it leaves out", "Set log_bin in the target's configuration and restart it; SET GLOBAL binlog_format=ROW, binlog_row_image=FULL"},
    {"target.reverse_retention", warning, never, "The way back is to be kept (reverse) and the target keeps its binary log for less than two days: a way back that rests for longer is lost", "SET GLOBAL binlog_expire_logs_seconds=604800"},
    {"target.read_only", error, warning, "read_only, super_read_only, innodb_read_only or transaction_read_only is on (warning where the account's privileges pass it)", "SET GLOBAL super_read_only=OFF, read_only=OFF"},
    {"target.force_recovery", error, never, "innodb_force_recovery is above 0: InnoDB refuses writes", "Restart the target without it"},
    {"target.offline_mode", error, never, "The target is in offline mode: sessions are refused or dropped", "SET GLOBAL offline_mode=OFF"},
    {"target.local_infile", info, never, "local_infile is off: rows are written by INSERT, which takes about two to three times as long", "SET GLOBAL local_infile=ON"},
    {"target.require_primary_key", error, never, "The target demands a primary key and selected tables have none", "SET GLOBAL sql_require_primary_key=OFF (MariaDB: innodb_force_primary_key=OFF), or add primary keys on the source"},
    {"target.generates_primary_key", warning, never, "The target adds an invisible primary key to tables that have none: they would differ from the source", "SET GLOBAL sql_generate_invisible_primary_key=OFF"},
    {"target.max_allowed_packet", error, warning, "max_allowed_packet is below 1 MiB, or a definition, a value or a row that must go as an INSERT is longer (warning when it is below 4 MiB, and when there may be something longer and measuring it took too long)", "SET GLOBAL max_allowed_packet=1073741824"},
    {"target.log_bin_trust_function_creators", error, never, "Functions or triggers are to be created, the target has a binary log and does not trust their authors", "SET GLOBAL log_bin_trust_function_creators=1, or GRANT SUPER for functions that are DETERMINISTIC, NO SQL or READS SQL DATA"},
    {"target.unsupported_engine", error, never, "A selected table's storage engine is absent, disabled or replaced on the target", "Install the engine on the target, or ALTER TABLE … ENGINE=InnoDB on the source"},
    {"target.keyring", warning, never, "Encrypted tables are selected and the target has no keyring", "Configure a keyring component on the target"},
    {"target.compressed_read_only", error, never, "Tables with ROW_FORMAT=COMPRESSED are selected and the target holds such tables read-only", "SET GLOBAL innodb_read_only_compressed=OFF"},
    {"target.row_format", error, warning, "ROW_FORMAT=COMPRESSED or KEY_BLOCK_SIZE meets innodb_file_per_table=OFF or a page size that can't take it (warning when only innodb_strict_mode differs)", "SET GLOBAL innodb_file_per_table=ON; or ALTER TABLE … ROW_FORMAT=DYNAMIC on the source"},
    {"target.page_size", warning, never, "The target's innodb_page_size is smaller: rows and index entries that fit on the source may not fit", "Initialise the target with the source's innodb_page_size"},
    {"target.gtid_nontransactional", error, never, "Non-transactional tables can't be loaded in the transaction that marks them done while enforce_gtid_consistency is on", "ALTER TABLE … ENGINE=InnoDB on the source, or SET GLOBAL enforce_gtid_consistency=OFF on the target"},
    {"target.galera", warning, never, "The target is a Galera cluster: big transactions and tables without a key are limited", "See wsrep_max_ws_rows, wsrep_max_ws_size and wsrep_mode"},
    {"target.replicas", warning, never, "The target has replicas and the job loads with sql_log_bin=0: they would not get the rows", "target_log_bin: true, or rebuild the replicas afterwards"},
    {"target.is_replica", warning, never, "The target is itself a replica: what the job writes may break its replication", "STOP REPLICA on the target, or choose another one"},
    {"target.binary_log", info, never, "The target writes all loaded rows to its binary log too: they need twice the space", "target_log_bin: false where the target feeds no replica"},
    {"target.connections", warning, never, "The job's sessions may not fit into max_connections or the account's limit", "SET GLOBAL max_connections=…, or lower limits.workers"},
    {"target.wait_timeout", warning, never, "wait_timeout is below 60 s: idle sessions would be dropped", "SET GLOBAL wait_timeout=28800"},
    {"target.net_read_timeout", warning, never, "net_read_timeout is below 30 s: the server drops a load whose source pauses", "SET GLOBAL net_read_timeout=600"},
    {"target.plain_text", warning, never, "Rows and names travel unencrypted to another machine", "Add tls=required to the target's URL"},
    {"target.long_transactions", warning, never, "Transactions are open for over a minute: DDL of the job may wait for them", "Let them end, or KILL them"},
    {"target.prepared_xa", warning, never, "Prepared XA transactions hold locks that the job may wait for", "XA COMMIT or XA ROLLBACK them"},
    {"target.disk_space", warning, info, "The estimated size, to be compared with the free space (warning when the server tells that it will not fit)", "Make sure that the target's data directory has at least this much free"},
    {"target.leftovers", info, never, "Transload's schema _transload of earlier jobs exists on the target", "Nothing: it is used again. DROP DATABASE `_transload` when no job needs it"},

    // Target: what it holds already
    {"target.table_exists", error, warning, "The target already holds a selected table (warning where if_exists is truncate or drop; with empty_ok an error only when it has rows)", "DROP the table, choose another database, or set if_exists"},
    {"target.object_exists", error, warning, "A view, routine, trigger or event of the same name exists (warning where if_exists is not refuse: it must then be equal to the source's, or be a view that if_exists: drop replaces)", "DROP the object, or choose another database"},
    {"target.trigger_fires", error, never, "A trigger that the source does not have is on a table that stays, and would fire for every loaded row", "DROP TRIGGER …, or if_exists: drop"},
    {"target.foreign_key_refers", warning, never, "A table that stays refers to a table that the job empties or drops", "ALTER TABLE … DROP FOREIGN KEY …, or drop the referring table too"},

    // Tables
    {"table.unreadable", error, never, "The source can't show the table's definition", "Repair the table, or --exclude it"},
    {"table.no_key", info, never, "No key identifies the rows: the table is copied in one piece, compared by whole rows, and each of its changes that is followed looks through the whole table", "ALTER TABLE … ADD PRIMARY KEY"},
    {"table.not_transactional", warning, never, "The storage engine knows no snapshots: rows that change during the copy may be missed", "ALTER TABLE … ENGINE=InnoDB, or stop writes to the table during the copy"},
    {"table.special_engine", warning, never, "The storage engine keeps its rows in memory only, or not at all", "--exclude the table, or ALTER TABLE … ENGINE=InnoDB"},
    {"table.engine_without_rows", error, never, "The storage engine shows rows that live elsewhere (MERGE, FEDERATED, CONNECT, SPIDER, …): they are not this table's own and must not be copied into it", "--exclude the table, and create it on the target by hand"},
    {"table.external_storage", warning, never, "DATA DIRECTORY, INDEX DIRECTORY or a general tablespace is left out of the definition: the target may not have it", "Move the table on the target afterwards, if it is to lie elsewhere"},
    {"table.partition_engine", error, never, "The target partitions InnoDB tables only", "ALTER TABLE … ENGINE=InnoDB on the source"},
    {"table.feature_unknown", error, never, "The definition uses something that the target's version does not know or silently drops", "Choose a newer target, or change the table"},
    {"table.foreign_key_not_unique", error, never, "A foreign key refers to columns that are no full unique key and the target forbids that", "SET GLOBAL restrict_fk_on_non_standard_key=OFF on the target, or add a unique key to the parent"},
    {"table.system_versioned", warning, error, "Only the current rows of a system-versioned table move: its history does not, and the rows count as inserted when they were copied (error when ROW START and ROW END are columns of the table, whose values can't be carried)", "Copy the history by other means if it is needed; --exclude the table, or drop its versioning"},

    // Objects
    {"view.broken", error, never, "A view refers to something that does not exist: it can't be created again", "Correct it, DROP VIEW …, or --exclude it"},
    {"view.unusable", warning, never, "A view can be created but not used: its definer is missing or lacks rights", "Create the definer or grant it what the view reads"},
    {"object.definer_absent", warning, error, "A definer has no account on the target: the object is created and fails when it is used; error when a view uses the object, because servers then refuse to create that view", "CREATE USER … on the target, or definers: strip"},
    {"object.event_time_zone", error, never, "An event uses a named time zone that the target does not know", "Load the time zone tables: mysql_tzinfo_to_sql /usr/share/zoneinfo | mysql mysql"},
    {"object.events_fire_twice", warning, info, "Enabled events run on both servers once they exist on the target (info when the target's scheduler is off)", "SET GLOBAL event_scheduler=OFF on the target until the source is out of use"},
    {"object.sequence", warning, error, "The definition of a MariaDB sequence is carried, its present value is not (error when the target is MySQL, which has no sequences)", "SELECT SETVAL(…) on the target once the source is out of use; for a MySQL target --exclude it"},
    {"object.package", error, never, "A package of MariaDB is to go to MySQL, which has none", "DROP PACKAGE … on the source, or choose a MariaDB target"},

    // Both servers
    {"pair.same_database", error, never, "Source and target are the same database of the same server", "Choose another target"},
    {"pair.target_is_source", error, never, "A target database is one that the job reads from", "Choose another target database"},
    {"pair.server_id", warning, never, "With a cutover: both servers have the same server_id, so that a chain of replicas would take one's changes for the other's", "SET GLOBAL server_id=… to another number on the target"},
    {"pair.same_server", info, never, "Source and target are the same server", "Nothing, if that is meant"},
    {"pair.duplicate_target", error, never, "Two databases are mapped to one target and both hold an object of one name", "Map them to two databases"},
    {"pair.flavour", warning, never, "One side is MySQL, the other MariaDB: definitions are carried as they are written, not translated", "Run `transload schema` first and read its differences"},
    {"pair.older_target", warning, never, "The target's version is older than the source's", "Choose a target of the source's version or newer"},
    {"pair.unknown_collation", error, never, "A collation in use is unknown to the target", "Convert the objects on the source to a collation that both know, or choose another target"},
    {"pair.lower_case_table_names", warning, never, "lower_case_table_names differs and names hold upper case: they will be written differently", "Initialise the target with the source's lower_case_table_names"},
    {"pair.case_collision", error, never, "Names that differ only in case become one on the target", "Rename one on the source, or initialise the target with lower_case_table_names=0"},
    {"pair.case_clash", warning, never, "The target holds a table whose name differs from a selected one only in case", "Check that the other table is not the one that is meant"},
    {"pair.sql_mode", warning, never, "The servers' sql_mode differ: applications may behave differently on the target", "SET GLOBAL sql_mode='…' as on the source"},
    {"pair.charset", info, never, "The servers' default character sets or collations differ: it matters for objects that name none", "SET GLOBAL character_set_server=…, collation_server=…"},
    {"pair.time_zone", warning, never, "The servers' time zones differ: NOW(), events and TIMESTAMP shown to applications shift", "SET GLOBAL time_zone='…' as on the source"},
    {"pair.time_zone_tables", warning, never, "The source knows named time zones, the target does not", "mysql_tzinfo_to_sql /usr/share/zoneinfo | mysql mysql"},
    {"pair.clock", warning, never, "The servers' clocks differ by more than two seconds", "Run NTP on both machines"},
    {"pair.timestamp_defaults", info, never, "explicit_defaults_for_timestamp differs", "Nothing for the copied tables; set it as on the source for new ones"},
    {"pair.strict_mode", warning, never, "innodb_strict_mode is on at the target only: row sizes that the source let pass may be refused", "SET GLOBAL innodb_strict_mode=OFF on the target while the job runs"},
    {"pair.estimate", info, never, "Number of tables, rows and bytes, and a guess of the time", "Nothing"},
    // clang-format on
});

consteval std::size_t index_of(std::string_view id) {
    for (std::size_t i = 0; i < kinds.size(); ++i)
        if (kinds[i].id == id) return i;
    throw "no finding of this id in the table";
}

}  // namespace finding_table

/// A finding's id that is known to be in the table: any other does not compile.
class KindId {
  public:
    consteval KindId(const char* id) : index_(finding_table::index_of(id)) {}  // NOLINT: meant to be implicit
    [[nodiscard]] constexpr const FindingKind& kind() const { return finding_table::kinds[index_]; }

  private:
    std::size_t index_;
};

/// docs/preflight.md, whole.
[[nodiscard]] std::string findings_markdown();

}  // namespace transload::mysql

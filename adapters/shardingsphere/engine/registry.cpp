#include "adapters/shardingsphere/engine/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/schema_lock.hpp"
#include "adapters/shardingsphere/engine/names.hpp"

namespace transload::shardingsphere {
namespace {

using mysql::quote_text;

constexpr auto phases = std::to_array<std::pair<Phase, std::string_view>>({
    {Phase::planned, "planned"},
    {Phase::staged, "staged"},
    {Phase::starting, "starting"},
    {Phase::inventory, "inventory"},
    {Phase::following, "following"},
    {Phase::committing, "committing"},
    {Phase::committed, "committed"},
    {Phase::named, "named"},
});

constexpr std::array<std::string_view, 3> create_tables{
    R"sql(
CREATE TABLE IF NOT EXISTS `_transload`.`proxy_tables` (
    job_id           VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    table_no         INT UNSIGNED NOT NULL,
    source_database  VARCHAR(64) NOT NULL,
    source_table     VARCHAR(64) NOT NULL,
    target_database  VARCHAR(64) NOT NULL,
    target_table     VARCHAR(64) NOT NULL,
    sharded          TINYINT UNSIGNED NOT NULL,
    staging          VARCHAR(64) NOT NULL,
    proxy            VARCHAR(255) NOT NULL DEFAULT '',
    source_unit      VARCHAR(64) NOT NULL DEFAULT '',
    logical_database VARCHAR(64) NOT NULL DEFAULT '',
    migration_id     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    node             VARCHAR(255) NOT NULL DEFAULT '',
    phase            VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'planned',
    attempt          INT UNSIGNED NOT NULL DEFAULT 0,
    indexed          TINYINT UNSIGNED NOT NULL DEFAULT 0,
    postponed        TINYINT UNSIGNED NOT NULL DEFAULT 0,
    row_count        BIGINT UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (job_id, table_no)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'Transload: tables that ShardingSphere carries')sql",
    R"sql(
CREATE TABLE IF NOT EXISTS `_transload`.`proxy_objects` (
    job_id   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    proxy    VARCHAR(255) NOT NULL,
    kind     VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    db       VARCHAR(64) NOT NULL,
    name     VARCHAR(64) NOT NULL,
    PRIMARY KEY (job_id, proxy, kind, db, name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'Transload: what jobs made on proxies')sql",
    R"sql(
CREATE TABLE IF NOT EXISTS `_transload`.`proxy_orphans` (
    job_id       VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    proxy        VARCHAR(255) NOT NULL,
    migration_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    of_table     VARCHAR(160) NOT NULL,
    sharded      TINYINT UNSIGNED NOT NULL,
    PRIMARY KEY (job_id, proxy, migration_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'Transload: migrations whose proxy was lost')sql"};

unsigned small_number(const mysql::Value& value) { return static_cast<unsigned>(std::stoul(value.value_or("0"))); }

Phase phase_from(std::string_view word) {
    const auto found =
        std::find_if(phases.begin(), phases.end(), [&](const auto& phase) { return phase.second == word; });
    if (found != phases.end()) return found->first;
    throw Error(ErrorKind::failed, "shardingsphere.registry", "_transload.proxy_tables",
                fmt::format("the target remembers a table in an unknown phase '{}'", word),
                "finish the job with the program that began it");
}

constexpr std::chrono::seconds lock_limit{60};
constexpr const char* locked = "shardingsphere.registry_lock";

}  // namespace

std::string_view to_string(Phase phase) {
    return std::find_if(phases.begin(), phases.end(), [&](const auto& known) { return known.first == phase; })->second;
}

Registry::Registry(const DataJob& job) : job_(job) {}

mysql::Connection& Registry::connection() {
    if (!connection_)
        connection_ = std::make_unique<mysql::Connection>(
            job_.spec.target, mysql::ConnectOptions{.sql_log_bin = job_.spec.target_log_bin});
    else if (connection_->ping())
        return *connection_;
    else
        connection_->reconnect();
    // A proxy that hangs may hold a lock on a table that is to be renamed; writers may be waiting for that.
    connection_->execute("SET SESSION lock_wait_timeout = 10");
    return *connection_;
}

std::string Registry::job_literal() const { return quote_text(job_.id.str()); }

void Registry::open() {
    // Until the job's rows are there: the last job's end drops tables in which no job is.
    const mysql::SchemaLock lock(connection(), lock_limit, locked);
    if (!connection_->scalar("SELECT 1 FROM information_schema.schemata WHERE schema_name = '_transload'"))
        connection_->execute("CREATE DATABASE IF NOT EXISTS `_transload` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    for (const std::string_view statement : create_tables) connection_->execute(statement);
    std::set<std::pair<std::string, std::string>> known;
    unsigned next = 1;
    for (const TableRecord& record : tables()) {
        known.emplace(record.source.database, record.source.table);
        next = std::max(next, record.number + 1);
    }
    for (const TablePlan& plan : job_.tables) {
        if (known.contains({plan.source.database, plan.source.table})) continue;
        const std::string staging = plan.sharded ? plan.target.table : staging_name(job_.id, next, 0);
        connection_->execute(fmt::format(
            "INSERT INTO `_transload`.proxy_tables (job_id, table_no, source_database, source_table, target_database, "
            "target_table, sharded, staging) VALUES ({}, {}, {}, {}, {}, {}, {}, {})",
            job_literal(), next, quote_text(plan.source.database), quote_text(plan.source.table),
            quote_text(plan.target.database), quote_text(plan.target.table), plan.sharded ? 1 : 0, quote_text(staging)));
        ++next;
    }
}

bool Registry::present() {
    if (!connection().scalar("SELECT 1 FROM information_schema.tables WHERE table_schema = '_transload' AND "
                             "table_name = 'proxy_orphans'"))
        return false;
    return connection_
        ->scalar("SELECT 1 FROM `_transload`.proxy_tables WHERE job_id = " + job_literal() + " LIMIT 1")
        .has_value();
}

std::vector<TableRecord> Registry::tables() {
    std::vector<TableRecord> records;
    for (const mysql::Row& row :
         connection()
             .query("SELECT table_no, source_database, source_table, target_database, target_table, sharded, staging, "
                    "proxy, source_unit, logical_database, migration_id, node, phase, attempt, indexed, postponed, row_count FROM "
                    "`_transload`.proxy_tables WHERE job_id = " +
                    job_literal() + " ORDER BY table_no")
             .rows) {
        TableRecord& record = records.emplace_back();
        record.number = small_number(row[0]);
        record.source = {*row[1], *row[2]};
        record.target = {*row[3], *row[4]};
        record.sharded = row[5] != "0";
        record.staging = *row[6];
        record.proxy = *row[7];
        record.source_unit = *row[8];
        record.logical_database = *row[9];
        record.migration_id = *row[10];
        record.node = *row[11];
        record.phase = phase_from(*row[12]);
        record.attempt = small_number(row[13]);
        record.indexed = row[14] != "0";
        record.postponed = row[15] != "0";
        record.rows = std::stoull(*row[16]);
    }
    return records;
}

void Registry::save(const TableRecord& record) {
    connection().execute(fmt::format(
        "UPDATE `_transload`.proxy_tables SET staging = {}, proxy = {}, source_unit = {}, logical_database = {}, "
        "migration_id = {}, node = {}, phase = '{}', attempt = {}, indexed = {}, postponed = {}, row_count = {} WHERE job_id = {} AND "
        "table_no = {}",
        quote_text(record.staging), quote_text(record.proxy), quote_text(record.source_unit),
        quote_text(record.logical_database), quote_text(record.migration_id), quote_text(record.node),
        to_string(record.phase), record.attempt, record.indexed ? 1 : 0, record.postponed ? 1 : 0, record.rows, job_literal(), record.number));
}

void Registry::remove(const TableRecord& record) {
    connection().execute(fmt::format("DELETE FROM `_transload`.proxy_tables WHERE job_id = {} AND table_no = {}",
                                     job_literal(), record.number));
}

std::vector<Orphan> Registry::orphans() {
    std::vector<Orphan> found;
    for (const mysql::Row& row :
         connection()
             .query("SELECT proxy, migration_id, of_table, sharded FROM `_transload`.proxy_orphans WHERE job_id = " +
                    job_literal())
             .rows)
        found.push_back({*row[0], *row[1], *row[2], row[3] != "0"});
    return found;
}

void Registry::add_orphan(const Orphan& orphan) {
    connection().execute(fmt::format(
        "INSERT IGNORE INTO `_transload`.proxy_orphans (job_id, proxy, migration_id, of_table, sharded) VALUES ({}, {}, "
        "{}, {}, {})",
        job_literal(), quote_text(orphan.proxy), quote_text(orphan.migration_id), quote_text(orphan.table),
        orphan.sharded ? 1 : 0));
}

void Registry::remove_orphan(const Orphan& orphan) {
    connection().execute(
        fmt::format("DELETE FROM `_transload`.proxy_orphans WHERE job_id = {} AND proxy = {} AND migration_id = {}",
                    job_literal(), quote_text(orphan.proxy), quote_text(orphan.migration_id)));
}

std::vector<ProxyObject> Registry::objects() {
    std::vector<ProxyObject> found;
    for (const mysql::Row& row :
         connection()
             .query("SELECT proxy, kind, db, name FROM `_transload`.proxy_objects WHERE job_id = " + job_literal())
             .rows)
        found.push_back({*row[0], *row[1], *row[2], *row[3]});
    return found;
}

void Registry::add_object(const ProxyObject& object) {
    connection().execute(fmt::format(
        "INSERT IGNORE INTO `_transload`.proxy_objects (job_id, proxy, kind, db, name) VALUES ({}, {}, {}, {}, {})",
        job_literal(), quote_text(object.proxy), quote_text(object.kind), quote_text(object.database),
        quote_text(object.name)));
}

void Registry::remove_object(const ProxyObject& object) {
    connection().execute(fmt::format(
        "DELETE FROM `_transload`.proxy_objects WHERE job_id = {} AND proxy = {} AND kind = {} AND db = {} AND name = {}",
        job_literal(), quote_text(object.proxy), quote_text(object.kind), quote_text(object.database),
        quote_text(object.name)));
}

void Registry::forget() {
    const mysql::SchemaLock lock(connection(), lock_limit, locked);
    const auto there = connection_->scalar(
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '_transload' AND table_name IN "
        "('proxy_tables', 'proxy_objects', 'proxy_orphans')");
    if (there == "3") {
        for (const char* table : {"proxy_objects", "proxy_orphans", "proxy_tables"})
            connection_->execute(fmt::format("DELETE FROM `_transload`.{} WHERE job_id = {}", table, job_literal()));
        if (!connection_->scalar("SELECT 1 FROM `_transload`.proxy_tables LIMIT 1"))
            connection_->execute(
                "DROP TABLE `_transload`.proxy_tables, `_transload`.proxy_objects, `_transload`.proxy_orphans");
    }
    if (connection_->scalar("SELECT 1 FROM information_schema.schemata WHERE schema_name = '_transload'") == "1" &&
        connection_->scalar(
            "SELECT (SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '_transload') + "
            "(SELECT COUNT(*) FROM information_schema.routines WHERE routine_schema = '_transload')") == "0")
        connection_->execute("DROP DATABASE IF EXISTS `_transload`");
}

}  // namespace transload::shardingsphere

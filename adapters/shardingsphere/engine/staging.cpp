#include "adapters/shardingsphere/engine/staging.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/mysql/quoting.hpp"
#include "adapters/shardingsphere/engine/names.hpp"

namespace transload::shardingsphere {
namespace {

using mysql::quote_name;
using mysql::quote_text;

bool exists(mysql::Connection& connection, const std::string& database, const std::string& table) {
    return connection
        .scalar(fmt::format("SELECT 1 FROM information_schema.tables WHERE table_schema = {} AND table_name = {}",
                            quote_text(database), quote_text(table)))
        .has_value();
}

/// Staging names of this table that are there, of the latest attempt first. Migrations that were given up may have made
/// older ones again, empty: the table itself is the latest.
std::vector<std::string> staged_names(mysql::Connection& connection, const DataJob& job, const TableRecord& record) {
    const std::string prefix = staging_prefix(job.id, record.number);
    std::vector<std::string> names;
    for (const mysql::Row& row :
         connection
             .query(fmt::format("SELECT table_name FROM information_schema.tables WHERE table_schema = {} AND "
                                "LEFT(table_name, {}) = {} ORDER BY CAST(SUBSTR(table_name, {}) AS UNSIGNED) DESC",
                                quote_text(record.target.database), prefix.size(), quote_text(prefix), prefix.size() + 1))
             .rows)
        names.push_back(row.at(0).value_or(""));
    return names;
}

/// Ends the sessions that hold a lock on a staging table. Its name is the job's own: they are those of a proxy that hangs,
/// or that was cut off, in the middle of a transaction, and of the account that this session has as well.
void end_holders(mysql::Connection& connection, const TableName& table) {
    for (const mysql::Row& row :
         connection
             .query(fmt::format("SELECT DISTINCT t.processlist_id FROM performance_schema.metadata_locks AS l JOIN "
                                "performance_schema.threads AS t ON t.thread_id = l.owner_thread_id WHERE "
                                "l.object_type = 'TABLE' AND l.lock_status = 'GRANTED' AND l.object_schema = {} AND "
                                "l.object_name = {} AND t.processlist_id IS NOT NULL AND t.processlist_id <> "
                                "CONNECTION_ID()",
                                quote_text(table.database), quote_text(table.table)))
             .rows) {
        try {
            connection.execute("KILL " + row.at(0).value_or("0"));
        } catch (const mysql::ServerError& error) {
            constexpr unsigned no_such_thread = 1094;
            if (error.code() != no_such_thread) throw;
        }
    }
}

void rename(mysql::Connection& connection, const std::string& database, const std::string& from, const std::string& to) {
    const TableName table{database, from};
    const std::string statement =
        fmt::format("RENAME TABLE {} TO {}", quote_name(table), quote_name(TableName{database, to}));
    try {
        connection.execute(statement);
    } catch (const mysql::ServerError& error) {
        constexpr unsigned lock_wait_timeout = 1205;
        if (error.code() != lock_wait_timeout) throw;
        end_holders(connection, table);
        connection.execute(statement);
    }
}

}  // namespace

void stage(const DataJob& job, Registry& registry, TableRecord& record) {
    mysql::Connection& connection = registry.connection();
    if (!exists(connection, record.target.database, record.staging)) {
        const std::vector<std::string> others = staged_names(connection, job, record);
        if (!others.empty())
            rename(connection, record.target.database, others.front(), record.staging);
        else if (exists(connection, record.target.database, record.target.table))
            rename(connection, record.target.database, record.target.table, record.staging);
        else
            throw Error(ErrorKind::failed, "shardingsphere.staging_lost", record.target.display(),
                        "the table is on the target neither under its own name nor as " + record.staging,
                        "begin anew with --restart");
    }
    if (record.phase != Phase::planned) return;
    const std::string staging = quote_name(TableName{record.target.database, record.staging});
    if (record.attempt > 0) {
        connection.execute("SET SESSION foreign_key_checks = 0");
        connection.execute("TRUNCATE TABLE " + staging);
    } else if (connection.scalar("SELECT 1 FROM " + staging + " LIMIT 1")) {
        // ShardingSphere would merge its rows into them without a word.
        rename(connection, record.target.database, record.staging, record.target.table);
        throw Error(ErrorKind::failed, "shardingsphere.target_not_empty", record.target.display(),
                    "the target table holds rows that this job did not write",
                    "empty the table, or let the job do it (if_exists: truncate or drop)");
    }
    record.phase = Phase::staged;
    registry.save(record);
}

void restage(const DataJob& job, Registry& registry, TableRecord& record) {
    ++record.attempt;
    record.staging = staging_name(job.id, record.number, record.attempt);
    record.migration_id.clear();
    record.node.clear();
    record.rows = 0;
    record.phase = Phase::planned;
    registry.save(record);
    stage(job, registry, record);
}

void recognise_named(Registry& registry, std::vector<TableRecord>& records) {
    for (TableRecord& record : records) {
        if (record.sharded || record.phase != Phase::committed) continue;
        mysql::Connection& connection = registry.connection();
        if (exists(connection, record.target.database, record.staging) ||
            !exists(connection, record.target.database, record.target.table))
            continue;
        record.phase = Phase::named;
        registry.save(record);
    }
}

void unstage(const DataJob& job, Registry& registry, std::vector<TableRecord>& records, Missing missing) {
    mysql::Connection& connection = registry.connection();
    std::string renames;
    for (TableRecord& record : records) {
        if (record.sharded || record.phase == Phase::named) continue;
        if (!exists(connection, record.target.database, record.staging)) {
            if (exists(connection, record.target.database, record.target.table)) continue;  // renamed before a crash
            if (missing == Missing::is_skipped && staged_names(connection, job, record).empty()) continue;
            stage(job, registry, record);
        }
        renames += fmt::format("{}{} TO {}", renames.empty() ? "" : ", ",
                               quote_name(TableName{record.target.database, record.staging}), quote_name(record.target));
    }
    if (!renames.empty()) connection.execute("RENAME TABLE " + renames);
    for (TableRecord& record : records) {
        if (record.phase == Phase::named) continue;
        record.phase = Phase::named;
        registry.save(record);
    }
}

void put_back(Registry& registry, const TableRecord& record) {
    rename(registry.connection(), record.target.database, record.staging, record.target.table);
}

void drop_strays(const DataJob& job, Registry& registry, const std::vector<TableRecord>& records) {
    mysql::Connection& connection = registry.connection();
    for (const TableRecord& record : records) {
        if (record.sharded) continue;
        for (const std::string& name : staged_names(connection, job, record))
            if (record.phase == Phase::named || name != record.staging)
                connection.execute("DROP TABLE IF EXISTS " + quote_name(TableName{record.target.database, name}));
    }
}

}  // namespace transload::shardingsphere

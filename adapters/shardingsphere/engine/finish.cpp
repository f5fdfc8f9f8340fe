#include "adapters/shardingsphere/engine/finish.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/sharded_target.hpp"
#include "adapters/shardingsphere/engine/indexing.hpp"
#include "adapters/shardingsphere/engine/proxy_setup.hpp"
#include "adapters/shardingsphere/engine/staging.hpp"

namespace transload::shardingsphere {
namespace {

constexpr std::chrono::seconds patience{30};
constexpr unsigned no_such_job = 18101;
constexpr std::size_t sessions_at_once = 4;

/// One migration, on a session of the caller's own.
void commit(Proxy& proxy, const TableRecord& record, RunControl& control) {
    Fleet::insist(control, patience, [&] {
        proxy.use(record.logical_database);
        // It may have been done before a crash, or before an answer was lost.
        const std::vector<MigrationEntry> list = proxy.migrations();
        if (std::none_of(list.begin(), list.end(),
                         [&](const MigrationEntry& entry) { return entry.id == record.migration_id; }))
            return;
        try {
            proxy.commit_migration(record.migration_id);
        } catch (const ProxyError& error) {
            if (error.code() != no_such_job) throw;
        }
    });
}

/// Several at a time: each takes a proxy half a second, and the source's writers wait.
void commit_all(Migrations& migrations, const JobSpec& spec, RunControl& control) {
    std::vector<TableRecord*> open;
    for (TableRecord& record : migrations.records()) {
        if (record.phase >= Phase::committed) continue;
        if (record.phase < Phase::following)
            throw Error(ErrorKind::failed, "shardingsphere.not_carried", record.source.display(),
                        "the table is being carried again and is not whole on the target",
                        "retry the job: its tables are carried and compared before they are committed");
        open.push_back(&record);
    }
    for (TableRecord* record : open) {
        record->phase = Phase::committing;
        migrations.registry().save(*record);
    }
    std::mutex mutex;
    std::size_t next = 0;
    std::exception_ptr failure;
    const auto work = [&] {
        std::map<std::string, Proxy> sessions;
        while (true) {
            TableRecord* record = nullptr;
            {
                const std::lock_guard lock(mutex);
                if (failure || next == open.size()) return;
                record = open[next++];
            }
            try {
                const ProxyOptions& options = migrations.fleet().station(record->proxy).proxy.options();
                commit(sessions.try_emplace(record->proxy, options, spec.shardingsphere.stall).first->second, *record,
                       control);
                const std::lock_guard lock(mutex);
                record->phase = Phase::committed;
                migrations.registry().save(*record);
            } catch (...) {
                const std::lock_guard lock(mutex);
                if (!failure) failure = std::current_exception();
            }
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < std::min(sessions_at_once * migrations.fleet().stations().size(), open.size()); ++i)
            threads.emplace_back(work);
    }
    if (failure) std::rethrow_exception(failure);
}

/// The tables that a proxy has to be told of, by target database: those that it carried; and all that stand in the default
/// unit of a sharded target, because applications reach them through it, whichever engine carried them.
std::map<std::string, std::vector<std::string>> single_tables(Migrations& migrations, const DataJob& job) {
    std::map<std::string, std::vector<std::string>> by_database;
    if (!job.spec.sharding) {
        for (const TableRecord& record : migrations.records())
            by_database[record.target.database].push_back(record.target.table);
        return by_database;
    }
    std::set<std::string> shards;
    mysql::Connection proxy = mysql::connect_logical(job.spec);
    for (const ShardingRule& rule : job.spec.sharding->rules)
        for (const mysql::ShardNode& node : mysql::shard_nodes(proxy, *job.spec.sharding, rule.table))
            if (node.unit->name == job.spec.sharding->default_unit) shards.insert(node.table);
    const std::string& database = job.spec.databases.front().target;
    for (const mysql::Row& row : migrations.registry()
                                     .connection()
                                     .query("SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE "
                                            "TABLE' AND table_schema = " +
                                            mysql::quote_text(database))
                                     .rows)
        if (!shards.contains(row.at(0).value_or(""))) by_database[database].push_back(row.at(0).value_or(""));
    return by_database;
}

/// Single tables are unknown to a proxy until it is told of them. A move is not lost because a proxy is: that is said,
/// with what to do.
void load_single_tables(Migrations& migrations, const DataJob& job, RunControl& control) {
    const std::vector<ProxyObject> objects = migrations.registry().objects();
    const auto unit_of = [&](const std::string& proxy, const std::string& database) {
        if (job.spec.sharding) return job.spec.sharding->default_unit;
        for (const ProxyObject& object : objects)
            if (object.proxy == proxy && object.kind == "unit" && object.database == database) return object.name;
        return std::string();
    };
    const std::map<std::string, std::vector<std::string>> by_database = single_tables(migrations, job);
    for (Station& station : migrations.fleet().stations()) {
        for (const auto& [target, tables] : by_database) {
            control.check();
            const std::string database = logical_database(objects, station.name, target);
            const std::string unit = unit_of(station.name, database);
            if (database.empty() || unit.empty()) continue;
            try {
                station.proxy.use(database);
                station.proxy.load_single_tables(unit, tables);
            } catch (const ProxyError& error) {
                control.event(Severity::warning, "finalize", target,
                              fmt::format("the proxy of namespace {} does not know the tables yet: {}; run LOAD SINGLE "
                                          "TABLE {}.* there, in database {}",
                                          station.name, error.message(), unit, database));
            }
        }
        try {
            if (job.spec.sharding) station.proxy.refresh_metadata();
        } catch (const ProxyError& error) {
            control.event(Severity::warning, "finalize", station.name,
                          "the proxy could not read the tables anew: " + error.message() +
                              "; run REFRESH TABLE METADATA there");
        }
    }
}

/// Drops a sharded table on all its shards, one by one: the proxy knows the table only after it was committed.
void drop_sharded(Migrations& migrations, const DataJob& job, const TableRecord& record, RunControl& control) {
    Station& station = migrations.fleet().station(record.proxy);
    Fleet::insist(control, patience, [&] {
        station.proxy.use(record.logical_database);
        for (const std::string& node : station.proxy.sharding_nodes(record.target.table)) {
            const std::size_t dot = node.find('.');
            for (const StorageUnit& unit : job.spec.sharding->units)
                if (unit.name == node.substr(0, dot))
                    mysql::connect_unit(unit, mysql::SessionProfile::general)
                        .execute("DROP TABLE IF EXISTS " + mysql::quote_name(node.substr(dot + 1)));
        }
    });
}

}  // namespace

void commit_tables(const DataJob& job, Migrations& migrations, RunControl& control) {
    if (!migrations.bury_orphans()) {
        for (const Orphan& orphan : migrations.registry().orphans()) {
            const std::string left = "the lost proxy of namespace " + orphan.proxy + " still has a migration of the table";
            if (orphan.sharded)
                throw Error(ErrorKind::failed, "shardingsphere.orphan", orphan.table,
                            left + ", which would write to it when the proxy comes back",
                            "start the proxy, or remove its namespace from ZooKeeper, then retry the job");
            control.event(Severity::warning, "finalize", orphan.table,
                          left + "; it finds nothing to write to, remove it there when the proxy is back");
        }
    }
    carry_counters(job, migrations, control);
    control.check();
    commit_all(migrations, job.spec, control);
    unstage(job, migrations.registry(), migrations.records());
    drop_strays(job, migrations.registry(), migrations.records());
    // Applications reach a sharded target through the proxy; on another target they need not wait for it.
    if (job.spec.sharding) load_single_tables(migrations, job, control);
}

void abandon_tables(const DataJob& job, Migrations& migrations, RunControl& control) {
    for (TableRecord& record : migrations.records()) {
        control.check();
        if (record.phase >= Phase::committed) continue;
        Station* station = record.proxy.empty() ? nullptr : &migrations.fleet().station(record.proxy);
        migrations.retire(record, false);
        if (station != nullptr && station->lost)
            throw Error(ErrorKind::transient, "shardingsphere.proxy_lost", station->proxy.options().endpoint.label(),
                        "the proxy of namespace " + station->name + " does not answer, and it carries " +
                            record.source.display(),
                        "start it again with the same ZooKeeper namespace, then retry the rollback");
        // What never began has made no table; one that is there is somebody else's.
        if (record.sharded && !record.logical_database.empty()) drop_sharded(migrations, job, record, control);
        record.phase = Phase::committed;
        migrations.registry().save(record);
    }
    (void)migrations.bury_orphans();
    unstage(job, migrations.registry(), migrations.records(), Missing::is_skipped);
    drop_strays(job, migrations.registry(), migrations.records());
    for (Station& station : migrations.fleet().stations())
        Fleet::insist(control, patience, [&] { clean_proxy(migrations.registry(), station, true, control); });
}

void forget_job(const DataJob& job, Migrations& migrations, RunControl& control) {
    const auto& records = migrations.records();
    const bool moved = !records.empty() && std::all_of(records.begin(), records.end(), [](const TableRecord& record) {
        return record.phase == Phase::named;
    });
    if (moved && !job.spec.sharding) load_single_tables(migrations, job, control);
    for (Station& station : migrations.fleet().stations()) {
        try {
            clean_proxy(migrations.registry(), station, false, control);
        } catch (const ProxyError& error) {
            control.event(Severity::warning, "finalize", station.name,
                          "source units of the job stay on the proxy: " + error.message() +
                              "; UNREGISTER MIGRATION SOURCE STORAGE UNIT removes them");
        }
    }
    migrations.registry().forget();
}

}  // namespace transload::shardingsphere

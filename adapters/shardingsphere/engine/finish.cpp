#include "adapters/shardingsphere/engine/finish.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/sharded_target.hpp"
#include "adapters/shardingsphere/engine/indexing.hpp"
#include "adapters/shardingsphere/engine/proxy_setup.hpp"
#include "adapters/shardingsphere/engine/single_tables.hpp"
#include "adapters/shardingsphere/engine/staging.hpp"

namespace transload::shardingsphere {
namespace {

constexpr std::chrono::seconds patience{30};
constexpr unsigned no_such_job = 18101;
constexpr std::size_t sessions_at_once = 4;

/// One migration, on sessions of the caller's own.
void commit(Station& own, const TableRecord& record, RunControl& control) {
    Fleet::insist(control, patience, [&] {
        own.proxy.use(record.logical_database);
        try {
            own.proxy.commit_migration(record.migration_id);
        } catch (const ProxyError& error) {
            // It may have been done before a crash, or before an answer was lost.
            if (error.code() != no_such_job) throw;
        }
        Fleet::require_gone(own, record.migration_id, control);
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
        std::map<std::string, Station> own;
        while (true) {
            TableRecord* record = nullptr;
            {
                const std::lock_guard lock(mutex);
                if (failure || next == open.size()) return;
                record = open[next++];
            }
            try {
                const ProxyOptions& options = migrations.fleet().station(record->proxy).proxy.options();
                commit(own.try_emplace(record->proxy, options, spec.shardingsphere.stall).first->second, *record, control);
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

/// Drops a sharded table on all its shards, one by one: the proxy knows the table only after it was committed. Database
/// and rule go after the tables: where they are gone, an earlier rollback has dropped them.
void drop_sharded(Migrations& migrations, const DataJob& job, const TableRecord& record, RunControl& control) {
    const auto holds = [](const std::vector<std::string>& names, const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    Station& station = migrations.fleet().station(record.proxy);
    Fleet::insist(control, patience, [&] {
        if (!holds(station.proxy.databases(), record.logical_database)) return;
        station.proxy.use(record.logical_database);
        if (!holds(station.proxy.sharding_rules(), record.target.table)) return;
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
    recognise_named(migrations.registry(), migrations.records());
    carry_counters(job, migrations, control);
    control.check();
    commit_all(migrations, job.spec, control);
    unstage(job, migrations.registry(), migrations.records());
    drop_strays(job, migrations.registry(), migrations.records());
    // Applications reach a sharded target through the proxy; on another target they need not wait for it.
    if (job.spec.sharding) tell_proxies(job, migrations, control);
}

void abandon_tables(const DataJob& job, Migrations& migrations, RunControl& control) {
    (void)migrations.bury_orphans();  // they would write to what is dropped below
    for (TableRecord& record : migrations.records()) {
        control.check();
        Station* station = record.proxy.empty() ? nullptr : &migrations.fleet().station(record.proxy);
        if (record.phase < Phase::committed) migrations.retire(record, false);
        if (record.phase < Phase::committed && station != nullptr && station->lost)
            throw Error(ErrorKind::transient, "shardingsphere.proxy_lost", station->proxy.options().endpoint.label(),
                        "the proxy of namespace " + station->name + " does not answer, and it carries " +
                            record.source.display(),
                        "start it again with the same ZooKeeper namespace, then retry the rollback");
        // What never began has made no table; one that is there is somebody else's.
        // Nobody but the job has written to it: a rollback is refused once the target has taken over.
        if (record.sharded && !record.logical_database.empty()) drop_sharded(migrations, job, record, control);
        if (record.phase >= Phase::committed) continue;
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
    if (moved && !job.spec.sharding) tell_proxies(job, migrations, control);
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

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>

#include "adapters/shardingsphere/engine/migrations.hpp"
#include "adapters/shardingsphere/engine/staging.hpp"

/// What Migrations does when something is lost, fails or is given up.
namespace transload::shardingsphere {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// How long a job waits for proxies to come back before it fails with the truth.
constexpr minutes lost_limit{5};
/// A migration works on for a moment after it was stopped.
constexpr seconds before_rollback{2};
/// A migration of the same name that follows a rolled-back one sooner hangs in the proxy.
constexpr seconds after_rollback{6};
/// Errors of one table in one run: the first may be the world's, the second is the table's.
constexpr unsigned failures_allowed = 1;
constexpr unsigned no_such_job = 18101;
/// An orphan of which only the table is known.
constexpr const char* unknown_migration = "unknown";
/// How long a commit's outcome is asked for.
constexpr seconds patience{30};

std::string line_at(const std::string& text, std::size_t from) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n", from);
    if (begin == std::string::npos) return {};
    return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
}

/// The first line of a stack trace, and where it names one the cause of all, which says more.
std::string summary(const std::string& trace) {
    constexpr std::string_view mark = "Caused by: ";
    const std::size_t cause = trace.rfind(mark);
    std::string line = line_at(trace, 0);
    return cause == std::string::npos ? line : line + ", caused by " + line_at(trace, cause + mark.size());
}

}  // namespace

void Migrations::failed(TableRecord& record, const std::string& trace) {
    const std::string line = summary(trace);
    if (!job_.log_file.empty()) {
        std::ofstream log(job_.log_file, std::ios::app);
        log << record.source.display() << ": ShardingSphere reported\n" << trace << "\n";
    }
    trouble(record, "ShardingSphere reported: " + line);
}

void Migrations::trouble(TableRecord& record, const std::string& what) {
    // At rest it is another attempt: what made it die may still have been under way when the writes stopped.
    if (fleet_.failures[{record.number, still_}]++ < failures_allowed) return begin_anew(record, what);
    // Keys and unique values that change while a table is read make the changes that follow collide with rows that were
    // read after them. With nobody writing there is nothing to follow.
    if (record.phase == Phase::following && job_.spec.cutover.mode != CutoverMode::none && !still_) {
        record.postponed = true;
        begin_anew(record, what);
        control_.event(Severity::warning, "data.run", record.source.display(),
                       "the table can't be followed; it is carried during the write stop, which lasts longer by that");
        return;
    }
    throw Error(ErrorKind::failed, "shardingsphere.table_failed", record.source.display(),
                "ShardingSphere can't carry the table: " + what,
                "the whole trace is in the job's log; mend the cause and retry, or carry the table with the engine native");
}

void Migrations::begin_anew(TableRecord& record, const std::string& why, bool without_asking) {
    control_.event(Severity::warning, "data.run", record.source.display(), "the table is begun anew: " + why);
    fleet_.inventories.forget(record.number);
    fleet_.positions.forget(record.number);
    retire(record, true, without_asking);
    if (record.sharded) {
        fleet_.not_before[record.number] = steady_clock::now() + after_rollback;
        ++record.attempt;
        record.migration_id.clear();
        record.rows = 0;
        record.phase = Phase::staged;
        registry_.save(record);
    } else {
        restage(job_, registry_, record);
    }
}

void Migrations::end_migration(Station& station, const std::string& id, bool drop) {
    const auto unless_unknown = [](const auto& act) {
        try {
            act();
        } catch (const ProxyError& error) {
            if (error.code() != no_such_job) throw;
        }
    };
    unless_unknown([&] {
        const std::optional<MigrationStatus> status = station.proxy.migration_status(id);
        if (!status || !status->active) return;
        station.proxy.stop_migration(id);
        if (drop) control_.sleep(before_rollback);
    });
    unless_unknown([&] { drop ? station.proxy.rollback_migration(id) : station.proxy.commit_migration(id); });
    Fleet::require_gone(station, id, control_);
}

void Migrations::retire(TableRecord& record, bool drop, bool without_asking) {
    if (record.migration_id.empty() && record.phase != Phase::starting) return;
    Station& station = fleet_.station(record.proxy);
    const bool reached = !without_asking && fleet_.reach(station, control_, [&] {
        station.proxy.use(record.logical_database);
        const std::string id =
            record.migration_id.empty() ? find_migration(record, Fleet::migrations(station, control_)) : record.migration_id;
        if (!id.empty()) end_migration(station, id, record.sharded && drop);
    });
    if (!reached)
        registry_.add_orphan({record.proxy, record.migration_id.empty() ? unknown_migration : record.migration_id,
                              record.source.display(), record.sharded});
    record.migration_id.clear();
    registry_.save(record);
}

void Migrations::bury_orphans(Station& station) {
    std::vector<Orphan> orphans;
    for (const Orphan& orphan : registry_.orphans())
        if (orphan.proxy == station.name) orphans.push_back(orphan);
    if (orphans.empty()) return;
    const std::vector<ProxyObject> objects = registry_.objects();
    const std::vector<std::string> databases = station.proxy.databases();
    bool can_ask = false;  // a list needs a database, whichever
    for (const ProxyObject& object : objects) {
        if (object.proxy != station.name || object.kind != "database" ||
            std::find(databases.begin(), databases.end(), object.name) == databases.end())
            continue;
        station.proxy.use(object.name);
        can_ask = true;
    }
    if (!can_ask) {  // its namespace was removed, or somebody cleaned the proxy
        for (const Orphan& orphan : orphans) {
            if (orphan.migration_id != unknown_migration) Fleet::require_gone(station, orphan.migration_id, control_);
            registry_.remove_orphan(orphan);
        }
        return;
    }
    // Whatever the proxy carries under the job's source units and no record knows.
    for (const MigrationEntry& entry : Fleet::migrations(station, control_)) {
        const auto ours = [&](const ProxyObject& object) {
            return object.kind == "source_unit" && entry.tables.starts_with(object.name + ".");
        };
        const auto known = [&](const TableRecord& record) { return record.migration_id == entry.id; };
        if (std::none_of(objects.begin(), objects.end(), ours) || std::any_of(records_.begin(), records_.end(), known))
            continue;
        // A sharded table that is to be carried once more begins empty, and its rows are the lost migration's.
        const auto begins_anew = [&](const TableRecord& record) {
            return record.sharded && record.phase <= Phase::starting && record.proxy == station.name &&
                   entry.tables == record.source_unit + "." + record.source.table;
        };
        const auto table = std::find_if(records_.begin(), records_.end(), begins_anew);
        end_migration(station, entry.id, table != records_.end());
        if (table != records_.end()) fleet_.not_before[table->number] = steady_clock::now() + after_rollback;
    }
    for (const Orphan& orphan : orphans) registry_.remove_orphan(orphan);
}

bool Migrations::bury_orphans() {
    bool none_left = true;
    std::set<std::string> asked;  // once, however many it left
    for (const Orphan& orphan : registry_.orphans()) {
        if (!asked.insert(orphan.proxy).second) continue;
        Station& station = fleet_.station(orphan.proxy);
        none_left = fleet_.reach(station, control_, [&] { bury_orphans(station); }) && none_left;
    }
    return none_left;
}

void Migrations::settle_commits() {
    for (TableRecord& record : records_) {
        if (record.phase != Phase::committing) continue;
        Station& station = fleet_.station(record.proxy);
        bool lives = false;
        Fleet::insist(control_, patience, [&] {
            station.proxy.use(record.logical_database);
            lives = station.proxy.migration_status(record.migration_id).has_value();
            if (!lives) Fleet::require_gone(station, record.migration_id, control_);
        });
        record.phase = lives ? Phase::following : Phase::committed;
        registry_.save(record);
    }
}

void Migrations::move_from_lost_proxies() {
    const auto now = steady_clock::now();
    const bool any_alive = std::any_of(fleet_.stations().begin(), fleet_.stations().end(),
                                       [](const Station& station) { return !station.lost; });
    for (Station& station : fleet_.stations()) {
        const auto depends = [&](const TableRecord& record) {
            return record.proxy == station.name && record.phase <= Phase::following;
        };
        if (!station.lost || std::none_of(records_.begin(), records_.end(), depends)) continue;
        if (now - station.lost_since > lost_limit)
            throw Error(ErrorKind::failed, "shardingsphere.proxy_lost",
                        station.proxy.options().endpoint.label(),
                        fmt::format("the proxy of namespace {} has not answered for {} minutes", station.name,
                                    lost_limit.count()),
                        "start it again with the same ZooKeeper namespace, then retry the job");
        if (!any_alive || now - station.lost_since < job_.spec.shardingsphere.stall) continue;
        bool moved = false;
        for (TableRecord& record : records_) {
            // A sharded table has one name whoever carries it: the lost migration could write to it when it comes back.
            if (!depends(record) || record.sharded) continue;
            // Not asked: a proxy that hangs takes its time for every question, and has one for each of its tables.
            if (carried(record) || record.phase == Phase::starting) begin_anew(record, "its proxy is lost", true);
            record.proxy.clear();
            moved = true;
        }
        if (moved) assign(station.name);
    }
}

void Migrations::halt() {
    for (Station& station : fleet_.stations()) {
        fleet_.reach(station, control_, [&] {
            for (const TableRecord& record : records_) {
                if (record.proxy != station.name || !carried(record)) continue;
                station.proxy.use(record.logical_database);
                const std::optional<MigrationStatus> status = station.proxy.migration_status(record.migration_id);
                if (status && status->active) station.proxy.stop_migration(record.migration_id);
            }
        });
    }
}

void Migrations::give_up(const TableName& source) {
    const auto found = std::find_if(records_.begin(), records_.end(),
                                    [&](const TableRecord& record) { return record.source == source; });
    if (found == records_.end()) return;
    if (carried(*found) || found->phase == Phase::starting) retire(*found, true);
    restage(job_, registry_, *found);
    drop_strays(job_, registry_, {*found});
    // A crash before the record is gone leaves a table that is staged again; one after it, a table without a record,
    // which gets another. Either way it is carried, and given up, once more.
    put_back(registry_, *found);
    registry_.remove(*found);
    records_.erase(found);
}

void Migrations::redo(const std::vector<TableName>& sources) {
    for (TableRecord& record : records_)
        if (std::find(sources.begin(), sources.end(), record.source) != sources.end() && carried(record))
            begin_anew(record, "it was found different from the source");
}

}  // namespace transload::shardingsphere

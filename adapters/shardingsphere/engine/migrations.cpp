#include "adapters/shardingsphere/engine/migrations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>

#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/sharded_target.hpp"
#include "adapters/shardingsphere/engine/names.hpp"
#include "adapters/shardingsphere/engine/proxy_setup.hpp"
#include "adapters/shardingsphere/engine/staging.hpp"

namespace transload::shardingsphere {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// A migration shows in the list this long after MIGRATE TABLE at the latest.
constexpr seconds appear_limit{30};
/// How long a migration may seem stopped before that is believed.
constexpr seconds settling{3};
/// How long one may be without a status.
constexpr seconds birth_limit{60};
/// How long an inventory may show no progress. Before it reads it counts the rows, which takes its time.
constexpr std::chrono::minutes inventory_limit{10}, counting_limit{60};

/// An inventory that hangs has no error.
std::optional<std::string> hangs(Standstill& inventories, unsigned number, const MigrationStatus& status) {
    const auto still = inventories.look(
        number, fmt::format("{} {} {}", status.status, status.processed_records, status.inventory_percentage));
    if (still < (status.status == "EXECUTE_INVENTORY_TASK" ? inventory_limit : counting_limit)) return std::nullopt;
    return fmt::format("its inventory has stood still for {} minutes, in {} after {} rows",
                       std::chrono::duration_cast<std::chrono::minutes>(still).count(), status.status,
                       status.processed_records);
}

}  // namespace

Migrations::Migrations(const DataJob& job, Fleet& fleet, RunControl& control)
    : job_(job), control_(control), registry_(job), fleet_(fleet) {
    if (registry_.present()) records_ = registry_.tables();
    const auto known = [&](const TablePlan& plan) {
        return std::any_of(records_.begin(), records_.end(),
                           [&](const TableRecord& record) { return record.source == plan.source; });
    };
    if (!records_.empty() && std::all_of(job.tables.begin(), job.tables.end(), known)) return;
    registry_.open();
    records_ = registry_.tables();
}

const TablePlan* Migrations::plan_of(const TableRecord& record) const {
    const auto found = std::find_if(job_.tables.begin(), job_.tables.end(),
                                    [&](const TablePlan& plan) { return plan.source == record.source; });
    return found == job_.tables.end() ? nullptr : &*found;
}

bool Migrations::all_following() const {
    return std::all_of(records_.begin(), records_.end(),
                       [&](const TableRecord& record) {
                           return record.phase >= Phase::following || (record.postponed && !still_);
                       });
}

void Migrations::assign(const std::string& not_to) {
    std::vector<TableRecord*> open;
    std::map<std::string, std::uint64_t> load;
    const auto bytes = [&](const TableRecord& record) {
        const TablePlan* plan = plan_of(record);
        return plan == nullptr ? 1 : plan->data_bytes + 1;
    };
    for (TableRecord& record : records_) {
        if (record.proxy.empty() && record.phase < Phase::committing)
            open.push_back(&record);
        else if (record.phase < Phase::following)
            load[record.proxy] += bytes(record);
    }
    // The biggest first, each to the proxy that has least to do.
    std::stable_sort(open.begin(), open.end(),
                     [&](const TableRecord* a, const TableRecord* b) { return bytes(*a) > bytes(*b); });
    for (TableRecord* record : open) {
        Station* best = nullptr;
        for (Station& station : fleet_.stations())
            if (!station.lost && station.name != not_to && (best == nullptr || load[station.name] < load[best->name]))
                best = &station;
        if (best == nullptr)
            throw Error(ErrorKind::transient, "shardingsphere.no_proxy", "",
                        "none of the job's proxies answers", "see that they run, and look at their logs");
        record->proxy = best->name;
        load[best->name] += bytes(*record);
        registry_.save(*record);
    }
}

/// All at a time: a proxy takes its seconds to know what it was told.
void Migrations::prepare_proxies() {
    std::mutex mutex;
    std::exception_ptr failure;
    {
        std::vector<std::jthread> threads;
        for (Station& station : fleet_.stations())
            threads.emplace_back([&] {
                try {
                    Registry registry(job_);  // a session of its own
                    fleet_.reach(station, control_, [&] {
                        Fleet::identify(station);
                        prepare_proxy(job_, registry, station, control_);
                    });
                } catch (...) {
                    const std::lock_guard lock(mutex);
                    if (!failure) failure = std::current_exception();
                }
            });
    }
    if (failure) std::rethrow_exception(failure);
}

void Migrations::prepare() {
    registry_.open();
    records_ = registry_.tables();
    prepare_proxies();
    assign({});
    for (TableRecord& record : records_) {
        if (record.phase != Phase::planned) continue;
        control_.check();
        make_ready(record);
    }
}

void Migrations::make_ready(TableRecord& record) {
    if (!record.sharded) return stage(job_, registry_, record);
    require_absent(record);
    record.phase = Phase::staged;
    registry_.save(record);
}

/// The proxy would take a table that is there, and a rollback would drop it.
void Migrations::require_absent(const TableRecord& record) {
    mysql::Connection proxy = mysql::connect_logical(job_.spec);
    for (const mysql::ShardNode& node : mysql::shard_nodes(proxy, *job_.spec.sharding, record.target.table)) {
        mysql::Connection unit = mysql::connect_unit(*node.unit, mysql::SessionProfile::general);
        if (!unit.scalar("SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = " +
                         mysql::quote_text(node.table)))
            continue;
        throw Error(ErrorKind::failed, "shardingsphere.target_exists", node.display(),
                    fmt::format("{}, which the sharding rule of {} makes, is there already", node.display(),
                                record.target.table),
                    "drop or rename it; if_exists does not reach tables on shards");
    }
}

void Migrations::tend() {
    assign({});
    for (Station& station : fleet_.stations()) {
        control_.check();
        fleet_.reach(station, control_, [&] { tend(station); });
    }
    move_from_lost_proxies();
}

/// A migration that follows a rolled-back one of the same name too soon hangs in the proxy.
bool Migrations::may_begin(const TableRecord& record) const {
    const auto found = fleet_.not_before.find(record.number);
    return found == fleet_.not_before.end() || steady_clock::now() >= found->second;
}

void Migrations::tend(Station& station) {
    Fleet::identify(station);
    // Before anything begins: a sharded table has one name, so that its next migration would be the one that was left.
    bury_orphans(station);
    const auto own = std::find_if(records_.begin(), records_.end(),
                                  [&](const TableRecord& record) { return record.proxy == station.name; });
    if (own == records_.end()) return;
    std::vector<ProxyObject> objects = registry_.objects();
    if (logical_database(objects, station.name, own->target.database).empty()) {  // it was lost when others were prepared
        prepare_proxy(job_, registry_, station, control_);
        objects = registry_.objects();
    }
    station.proxy.use(logical_database(objects, station.name, own->target.database));
    const std::vector<MigrationEntry> list = station.proxy.migrations();
    std::size_t running = 0;
    for (TableRecord& record : records_) {
        if (record.proxy != station.name) continue;
        if (carried(record)) watch(station, record);
        if (record.proxy == station.name && (record.phase == Phase::inventory || record.phase == Phase::starting))
            ++running;
    }
    for (TableRecord& record : records_) {
        control_.check();
        if (record.proxy != station.name || (record.postponed && !still_)) continue;
        // An earlier run ended while it was put back.
        if (record.phase == Phase::planned) make_ready(record);
        if (!may_begin(record)) continue;
        const bool waits = record.phase == Phase::staged && running < job_.spec.shardingsphere.tables_at_once;
        if (waits) ++running;
        if (!waits && record.phase != Phase::starting) continue;
        record.logical_database = logical_database(objects, station.name, record.target.database);
        begin(station, record, list);
    }
}

std::string Migrations::find_migration(const TableRecord& record, const std::vector<MigrationEntry>& list) {
    // The source unit's name is the job's own, and one migration at a time is this table's: the others of its name were
    // left on a proxy that did not answer.
    const std::string tables = record.source_unit + "." + record.source.table;
    const std::vector<Orphan> orphans = registry_.orphans();
    for (const MigrationEntry& entry : list)
        if (entry.tables == tables && std::none_of(orphans.begin(), orphans.end(), [&](const Orphan& orphan) {
                return orphan.migration_id == entry.id;
            }))
            return entry.id;
    return {};
}

void Migrations::begin(Station& station, TableRecord& record, const std::vector<MigrationEntry>& list) {
    for (std::size_t i = 0; i < job_.spec.databases.size(); ++i)
        if (job_.spec.databases[i].source == record.source.database)
            record.source_unit = source_unit_name(job_.id, i);
    std::string id = record.phase == Phase::starting ? find_migration(record, list) : std::string();
    if (id.empty()) {
        record.phase = Phase::starting;
        record.node = station.node;
        registry_.save(record);
        station.proxy.use(record.logical_database);
        station.proxy.migrate_table(record.source_unit, record.source.table, record.logical_database, record.staging);
        const auto end = steady_clock::now() + appear_limit;
        while ((id = find_migration(record, station.proxy.migrations())).empty()) {
            if (steady_clock::now() > end)
                throw Error(ErrorKind::transient, "shardingsphere.not_begun", record.source.display(),
                            "the proxy accepted MIGRATE TABLE and lists no migration of the table",
                            "look at the log of the proxy of namespace " + station.name);
            control_.sleep(milliseconds(100));
        }
    }
    record.migration_id = id;
    record.phase = Phase::inventory;
    registry_.save(record);
    control_.event(Severity::info, "data.inventory", record.source.display(),
                   fmt::format("migration {} on the proxy of namespace {}", id, station.name));
    publish(record, 0);
}

void Migrations::watch(Station& station, TableRecord& record) {
    station.proxy.use(record.logical_database);
    const std::optional<MigrationStatus> status = station.proxy.migration_status(record.migration_id);
    if (!status) {
        Fleet::require_gone(station, record.migration_id, control_);
        return begin_anew(record, "the proxy does not know its migration any more");
    }
    if (!status->error_message.empty()) return failed(record, status->error_message);
    if (record.phase == Phase::inventory && !record.node.empty() && record.node != station.node)
        return begin_anew(record, "its proxy was restarted, and a resumed inventory loses rows");
    if (!status->active || status->status.empty()) {
        // A migration that has just been begun has no status yet. One that never gets any hangs.
        auto& since = fleet_.inactive_since[record.number];
        if (since == steady_clock::time_point{}) since = steady_clock::now();
        if (steady_clock::now() - since < (status->status.empty() ? birth_limit : settling)) return;
        since = {};
        if (status->status.empty()) return begin_anew(record, "its migration does not begin to work");
        if (record.phase == Phase::inventory)
            return begin_anew(record, "it was stopped in its inventory, which loses rows when it is resumed");
        station.proxy.start_migration(record.migration_id);
        return;
    }
    fleet_.inactive_since.erase(record.number);
    if (record.phase == Phase::inventory && !status->inventory_done())
        if (const auto why = hangs(fleet_.inventories, record.number, *status)) return trouble(record, *why);
    record.rows = std::max(record.rows, status->processed_records);
    if (record.phase == Phase::inventory && status->inventory_done()) {
        record.phase = Phase::following;
        registry_.save(record);
        control_.event(Severity::info, "data.inventory", record.source.display(),
                       fmt::format("{} rows are on the target; following", record.rows));
    }
    publish(record, record.phase == Phase::following ? 100 : status->inventory_percentage);
}

void Migrations::publish(const TableRecord& record, double share) {
    const TablePlan* plan = plan_of(record);
    TableProgress progress;
    progress.table = record.source.display();
    progress.phase = record.phase == Phase::following ? "following" : "inventory";
    progress.rows_done = record.rows;
    progress.rows_total = plan == nullptr ? 0 : std::max(plan->estimated_rows, record.rows);
    if (record.phase == Phase::following) progress.rows_total = record.rows;
    if (progress.rows_done == 0 && share > 0)
        progress.rows_done = static_cast<std::uint64_t>(static_cast<double>(progress.rows_total) * share / 100);
    control_.progress(progress);
}

}  // namespace transload::shardingsphere

#include "adapters/shardingsphere/engine/shardingsphere_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "adapters/shardingsphere/engine/consistency_check.hpp"
#include "adapters/shardingsphere/engine/drain.hpp"
#include "adapters/shardingsphere/engine/finish.hpp"
#include "adapters/shardingsphere/engine/indexing.hpp"
#include "adapters/shardingsphere/engine/migrations.hpp"
#include "adapters/shardingsphere/engine/staging.hpp"

namespace transload::shardingsphere {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_looks{100};
constexpr milliseconds later_looks{1'000};
/// A write stop now would be drained in about a second.
constexpr std::uint64_t near_bytes = 4U << 20;

double seconds_since(std::chrono::steady_clock::time_point begun) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

/// Looks after the migrations until all of them follow: often at first, small tables are quick. 0 = no limit.
void tend_until_following(Migrations& migrations, milliseconds limit, RunControl& control) {
    const auto begun = std::chrono::steady_clock::now();
    milliseconds pause = first_looks;
    while (true) {
        migrations.tend();
        if (migrations.all_following()) return;
        if (limit.count() > 0 && std::chrono::steady_clock::now() - begun > limit)
            throw Error(ErrorKind::transient, "shardingsphere.redo_limit", "",
                        fmt::format("tables could not be carried once more within {} s", limit.count() / 1000),
                        "raise cutover.timeout, or carry these tables with the engine native");
        control.sleep(pause);
        pause = std::min(later_looks, pause * 5 / 4);
    }
}

}  // namespace

ShardingSphereEngine::ShardingSphereEngine() = default;
ShardingSphereEngine::~ShardingSphereEngine() = default;

std::shared_ptr<Fleet> ShardingSphereEngine::fleet_of(const DataJob& job) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Fleet>& fleet = fleets_[job.id];
    if (!fleet) fleet = std::make_shared<Fleet>(job.spec);
    return fleet;
}

void ShardingSphereEngine::dismiss(const DataJob& job) {
    const std::lock_guard lock(mutex_);
    fleets_.erase(job.id);
}

void ShardingSphereEngine::configure(const DataJob& job, RunControl& control) {
    dismiss(job);  // the job's options may name other proxies than when it was last here
    const auto fleet = fleet_of(job);
    Migrations(job, *fleet, control).prepare();
}

TransferResult ShardingSphereEngine::transfer(const DataJob& job, RunControl& control) {
    dismiss(job);  // what failed in an earlier run gets its chance again
    const auto fleet = fleet_of(job);
    Migrations migrations(job, *fleet, control);
    TransferResult result;
    const auto carrying = std::chrono::steady_clock::now();
    tend_until_following(migrations, milliseconds{0}, control);
    result.inventory_seconds = seconds_since(carrying);
    const auto indexing = std::chrono::steady_clock::now();
    build_indexes(job, migrations, control);
    result.indexing_seconds = seconds_since(indexing);
    for (const TableRecord& record : migrations.records()) result.rows_copied += record.rows;
    return result;
}

FollowStatus ShardingSphereEngine::follow(const DataJob& job, RunControl& control) {
    const auto fleet = fleet_of(job);
    Migrations migrations(job, *fleet, control);
    migrations.tend();
    if (!migrations.all_following()) return {false, "tables are carried once more"};
    build_indexes(job, migrations, control);
    Progress progress(job, migrations);
    const BinlogPosition source = progress.source();
    progress.look_for_standstill(source);
    if (!migrations.all_following()) return {false, "tables are carried once more"};
    const auto applied = progress.slowest();
    const auto behind = applied ? progress.bytes_behind(*applied, source) : std::optional<std::uint64_t>();
    const bool all_wait = std::none_of(migrations.records().begin(), migrations.records().end(), [](const TableRecord& record) {
        return record.phase <= Phase::following && !record.postponed;
    });
    const bool caught_up = all_wait || (behind && *behind < near_bytes);
    control.stream(stream_progress(*fleet, applied, source, behind, caught_up));
    if (all_wait) return {true, "all tables wait for the write stop"};
    if (!behind) return {false, "reads a file of the source's log that is not known"};
    return {caught_up, fmt::format("{} bytes of the source's log to apply", *behind)};
}

std::string ShardingSphereEngine::drain(const DataJob& job, milliseconds limit, RunControl& control) {
    const auto fleet = fleet_of(job);
    Migrations migrations(job, *fleet, control);
    migrations.settle_commits();
    return shardingsphere::drain(job, migrations, limit, control);
}

std::vector<TableName> ShardingSphereEngine::locations(const DataJob& job) {
    std::vector<TableName> names = DataEngine::locations(job);
    Registry registry(job);
    std::vector<TableRecord> records = registry.tables();
    recognise_named(registry, records);
    for (const TableRecord& record : records)
        for (std::size_t i = 0; i < job.tables.size(); ++i)
            if (job.tables[i].source == record.source && !record.sharded && record.phase != Phase::named)
                names[i].table = record.staging;
    return names;
}

void ShardingSphereEngine::halt(const DataJob& job, RunControl& control) {
    const auto fleet = fleet_of(job);
    Migrations(job, *fleet, control).halt();
}

std::vector<TableName> ShardingSphereEngine::check(const DataJob& job, RunControl& control) {
    const auto fleet = fleet_of(job);
    Migrations migrations(job, *fleet, control);
    return check_consistency(job, migrations, control, check_patience(job.spec));
}

void ShardingSphereEngine::redo(const DataJob& job, const std::vector<TableName>& tables, milliseconds limit,
                                RunControl& control) {
    const auto fleet = fleet_of(job);
    Migrations migrations(job, *fleet, control);
    migrations.redo(tables);
    tend_until_following(migrations, limit, control);
    build_indexes(job, migrations, control);
}

void ShardingSphereEngine::give_up(const DataJob& job, const TableName& table, RunControl& control) {
    const auto fleet = fleet_of(job);
    Migrations(job, *fleet, control).give_up(table);
}

void ShardingSphereEngine::commit(const DataJob& job, RunControl& control) {
    const auto fleet = fleet_of(job);
    Migrations migrations(job, *fleet, control);
    commit_tables(job, migrations, control);
}

void ShardingSphereEngine::abandon(const DataJob& job, RunControl& control) {
    if (!Registry(job).present()) return;
    const auto fleet = fleet_of(job);
    Migrations migrations(job, *fleet, control);
    abandon_tables(job, migrations, control);
    dismiss(job);
}

void ShardingSphereEngine::forget(const DataJob& job, RunControl& control) {
    if (!Registry(job).present()) return;
    const auto fleet = fleet_of(job);
    Migrations migrations(job, *fleet, control);
    forget_job(job, migrations, control);
    dismiss(job);
}

}  // namespace transload::shardingsphere

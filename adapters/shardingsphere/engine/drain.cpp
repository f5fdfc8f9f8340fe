#include "adapters/shardingsphere/engine/drain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/mysql/log_state.hpp"

namespace transload::shardingsphere {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds between_reads{100};
constexpr milliseconds between_looks{2'000};

bool followed(const TableRecord& record) { return record.phase <= Phase::following; }

}  // namespace

Progress::Progress(const DataJob& job, Migrations& migrations) : job_(job), migrations_(migrations) {}

BinlogPosition Progress::source() {
    if (!source_ || !source_->ping())
        source_ = std::make_unique<mysql::Connection>(
            job_.spec.source, mysql::ConnectOptions{.read_timeout = std::chrono::seconds{30}});
    const auto position = BinlogPosition::of(mysql::read_log_state(*source_));
    if (position) return *position;
    throw Error(ErrorKind::failed, "shardingsphere.source_position", job_.spec.source.label(),
                "the position of the source's binary log can't be read",
                "GRANT REPLICATION CLIENT ON *.* to the source account, and see that log_bin is ON");
}

std::optional<BinlogPosition> Progress::applied(const TableRecord& record) {
    if (record.phase != Phase::following) return std::nullopt;
    return Fleet::positions_of(migrations_.fleet().station(record.proxy)).applied(record.migration_id);
}

bool Progress::reached(const TableRecord& record, const BinlogPosition& position) {
    const auto so_far = applied(record);
    return so_far && so_far->reaches(position);
}

std::optional<BinlogPosition> Progress::slowest() {
    std::optional<BinlogPosition> least;
    for (const TableRecord& record : migrations_.records()) {
        if (!followed(record) || record.postponed) continue;
        const auto so_far = applied(record);
        if (!so_far) return std::nullopt;
        if (!least || !so_far->reaches(*least)) least = so_far;
    }
    return least;
}

std::vector<BinlogFile> Progress::files() {
    std::vector<BinlogFile> all;
    for (const mysql::Row& row : source_->query("SHOW BINARY LOGS").rows)
        all.push_back({row.at(0).value_or(""), std::stoull(row.at(1).value_or("0"))});
    return all;
}

std::optional<std::uint64_t> Progress::bytes_behind(const BinlogPosition& applied, const BinlogPosition& source) {
    if (const auto distance = applied.distance_to(source)) return distance;
    return bytes_between(files(), applied, source);
}

/// A position stands behind whole transactions: in the middle of a big one rows are applied, and it stays. True when there are
/// more rows than when this was asked before, and the first time; the table's time begins anew then.
bool Progress::applies(const TableRecord& record) {
    Fleet& fleet = migrations_.fleet();
    std::optional<MigrationStatus> status;
    try {
        status = fleet.station(record.proxy).proxy.migration_status(record.migration_id);
    } catch (const ProxyError&) {
        return true;  // whoever tends the migrations finds out what is wrong with the proxy
    }
    if (!status) return false;
    const auto [known, first] = fleet.rows_then.try_emplace(record.number, status->processed_records);
    if (!first && known->second == status->processed_records) return false;
    known->second = status->processed_records;
    fleet.positions.forget(record.number);
    return true;
}

void Progress::look_for_standstill(const BinlogPosition& source, StandstillLimits limits) {
    Fleet& fleet = migrations_.fleet();
    for (TableRecord& record : migrations_.records()) {
        if (record.phase != Phase::following || fleet.station(record.proxy).lost) {
            fleet.positions.forget(record.number);
            continue;
        }
        const auto so_far = applied(record);
        if (so_far && so_far->reaches(source)) {
            fleet.positions.forget(record.number);
            continue;
        }
        const auto still = fleet.positions.look(record.number, so_far ? so_far->text() : "nowhere");
        if (still == Standstill::Clock::duration::zero()) fleet.source_then[record.number] = source;
        if (still < limits.purged || fleet.source_then[record.number] == source) continue;
        const bool purged = so_far && !bytes_between(files(), *so_far, source);
        if (!purged && (still < limits.any || applies(record))) continue;
        migrations_.trouble(
            record, fmt::format("its changes have stood still at {} for {} s, while the source's log has come to {}{}",
                                so_far ? so_far->text() : "no position",
                                std::chrono::duration_cast<std::chrono::seconds>(still).count(), source.text(),
                                purged ? "; the source has purged that file" : ""));
    }
}

StreamProgress stream_progress(Fleet& fleet, const std::optional<BinlogPosition>& applied, const BinlogPosition& source,
                               std::optional<std::uint64_t> bytes, bool caught_up) {
    constexpr std::size_t most_places = 100'000;  // looks of half a day
    const auto now = steady_clock::now();
    auto& seen = fleet.source_seen;
    if (seen.empty() || seen.back().second != source) seen.emplace_back(now, source);
    while (!seen.empty() && ((applied && applied->reaches(seen.front().second)) || seen.size() > most_places)) seen.pop_front();
    StreamProgress shown;
    shown.phase = caught_up ? "following" : "catching up";
    if (!seen.empty()) shown.lag_ms = std::chrono::duration_cast<milliseconds>(now - seen.front().first).count();
    shown.backlog_bytes = bytes.value_or(0);
    if (caught_up) shown.seconds_to_caught_up = 0;
    if (applied) shown.position = applied->text();
    return shown;
}

std::string drain(const DataJob& job, Migrations& migrations, milliseconds limit, RunControl& control) {
    Progress progress(job, migrations);
    if (job.spec.cutover.mode != CutoverMode::none) migrations.source_is_still();
    const BinlogPosition wanted = progress.source();
    const auto end = steady_clock::now() + limit;
    auto next_look = steady_clock::now();
    std::size_t waiting = 0;
    while (true) {
        if (steady_clock::now() >= next_look) {
            migrations.tend();
            next_look = steady_clock::now() + between_looks;
        }
        waiting = 0;
        std::string behind;
        for (const TableRecord& record : migrations.records()) {
            if (!followed(record) || progress.reached(record, wanted)) continue;
            ++waiting;
            behind = record.source.display();
        }
        if (waiting == 0) break;
        if (steady_clock::now() > end)
            throw Error(ErrorKind::transient, "shardingsphere.not_drained", behind,
                        fmt::format("{} migrations have not applied everything up to {} within {} s", waiting,
                                    wanted.text(), limit.count() / 1000),
                        "raise cutover.timeout, or cut over when fewer changes are under way");
        control.sleep(between_reads);
    }
    const auto count = std::count_if(migrations.records().begin(), migrations.records().end(), followed);
    if (count == 0) return {};
    return fmt::format("{} migrations have applied everything up to {}, by their positions in ZooKeeper", count,
                       wanted.text());
}

}  // namespace transload::shardingsphere

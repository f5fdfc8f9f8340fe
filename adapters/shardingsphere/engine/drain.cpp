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

std::optional<std::uint64_t> Progress::bytes_behind(const BinlogPosition& position) {
    std::uint64_t most = 0;
    for (const TableRecord& record : migrations_.records()) {
        if (!followed(record) || record.postponed) continue;
        const auto so_far = applied(record);
        const auto distance = so_far ? so_far->distance_to(position) : std::nullopt;
        if (!distance) return std::nullopt;
        most = std::max(most, *distance);
    }
    return most;
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

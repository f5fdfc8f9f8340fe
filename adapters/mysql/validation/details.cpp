#include "adapters/mysql/validation/details.hpp"

#include <algorithm>
#include <optional>

namespace transload::mysql::validation {
namespace {

bool equal(const ComparedColumn& column, const Value& source, const Value& target) {
    if (source == target) return true;
    return column.parse_as_json && source && target && normal_json(*source) == normal_json(*target);
}

std::string show(Lane& lane, const TableQueries& queries, Side side, const KeyValue& key, std::size_t column) {
    const Result result = lane.on(side).query(queries.shown(side, key, column));
    if (result.rows.empty()) return "";
    return result.rows[0].at(0).value_or("NULL");
}

void name_column(Lane& lane, const TableQueries& queries, const KeyValue& key, Mismatch& mismatch) {
    const Result source = lane.on(Side::source).query(queries.probes(Side::source, key));
    const Result target = lane.on(Side::target).query(queries.probes(Side::target, key));
    if (source.rows.empty() || target.rows.empty()) return;
    const auto& columns = queries.compared().columns;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (equal(columns[i], source.rows[0].at(i), target.rows[0].at(i))) continue;
        mismatch.column = columns[i].name;
        if (lane.spec().show_values) {
            mismatch.source_value = show(lane, queries, Side::source, key, i);
            mismatch.target_value = show(lane, queries, Side::target, key, i);
        }
        return;
    }
}

}  // namespace

std::size_t DetailList::room() const {
    const std::lock_guard lock(mutex_);
    return most - std::min(most, entries_.size());
}

void DetailList::add(std::size_t table, std::vector<Mismatch> mismatches) {
    const std::lock_guard lock(mutex_);
    for (Mismatch& mismatch : mismatches)
        if (entries_.size() < most) entries_.emplace_back(table, std::move(mismatch));
}

std::vector<Mismatch> DetailList::take() {
    const std::lock_guard lock(mutex_);
    std::stable_sort(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Mismatch> mismatches;
    mismatches.reserve(entries_.size());
    for (auto& [table, mismatch] : entries_) mismatches.push_back(std::move(mismatch));
    entries_.clear();
    return mismatches;
}

std::vector<Mismatch> describe(Lane& lane, const TablePlan& plan, const TableQueries& queries, const RangeDiff& diff,
                               std::size_t room) {
    std::vector<Mismatch> mismatches;
    const auto add = [&](MismatchKind kind, const std::vector<KeyValue>& keys) {
        for (const KeyValue& key : keys) {
            if (mismatches.size() >= room) return;
            Mismatch mismatch;
            mismatch.kind = kind;
            mismatch.table = plan.source.display();
            mismatch.key = describe_key(plan, key);
            if (kind == MismatchKind::different) name_column(lane, queries, key, mismatch);
            mismatches.push_back(std::move(mismatch));
        }
    };
    lane.retrying(plan.source.display(), [&] {
        mismatches.clear();
        add(MismatchKind::different, diff.different);
        add(MismatchKind::missing, diff.missing);
        add(MismatchKind::extra, diff.extra);
    });
    return mismatches;
}

std::vector<Mismatch> describe(const TablePlan& plan, const DigestMismatch& one, std::size_t room) {
    const bool missing = one.source_rows > one.target_rows;
    const std::uint64_t rows = missing ? one.source_rows - one.target_rows : one.target_rows - one.source_rows;
    Mismatch mismatch;
    mismatch.kind = missing ? MismatchKind::missing : MismatchKind::extra;
    mismatch.table = plan.source.display();
    mismatch.key = "row digest " + to_hex(one.digest);
    return std::vector<Mismatch>(std::min<std::uint64_t>(rows, room), mismatch);
}

}  // namespace transload::mysql::validation

#include "adapters/mysql/validation/keyless.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "adapters/mysql/validation/details.hpp"
#include "adapters/mysql/validation/repair.hpp"

namespace transload::mysql::validation {
namespace {

/// Mismatching digests that are held in memory, and mended, at a time.
constexpr std::size_t most_at_a_time = 100'000;

struct KeylessDiff {
    std::uint64_t source_rows = 0;
    std::uint64_t target_rows = 0;
    std::uint64_t mismatches = 0;         ///< rows, of all digests
    std::vector<DigestMismatch> digests;  ///< the first of them
};

std::uint64_t rows_of(const DigestMismatch& one) {
    return std::max(one.source_rows, one.target_rows) - std::min(one.source_rows, one.target_rows);
}

/// merge_digests for a side that can't sort: what is left of the digests that begin alike is counted in memory, for
/// one beginning after the other.
void match_digests(Lane& lane, const TableQueries& queries, std::uint64_t rows,
                   const std::function<void(const DigestMismatch&)>& on_mismatch) {
    std::size_t digits = 0;
    for (std::uint64_t slice = rows; slice > most_at_a_time; slice /= 16) ++digits;
    const std::uint64_t slices = 1ULL << (4 * digits);
    for (std::uint64_t slice = 0; slice < slices; ++slice) {
        const std::string prefix = digits == 0 ? "" : fmt::format("{:0{}x}", slice, digits);
        std::map<RowDigest, DigestMismatch> counted;
        for (const Side side : {Side::source, Side::target})
            lane.on(side).stream(queries.digests_from(side, prefix), [&](RowView row) {
                const RowDigest digest = digest_from_hex(row[0].view());
                DigestMismatch& one = counted.try_emplace(digest, DigestMismatch{digest}).first->second;
                ++(side == Side::source ? one.source_rows : one.target_rows);
                return true;
            });
        for (const auto& [digest, one] : counted)
            if (one.source_rows != one.target_rows) on_mismatch(one);
    }
}

KeylessDiff compare(Lane& lane, const TablePlan& plan, const TableQueries& queries) {
    return lane.retrying(plan.source.display(), [&] {
        RangeDigest source, target;
        lane.on_both([&](Side side) {
            const Result result = lane.on(side).query(queries.range_digest(side, {}, true));
            (side == Side::source ? source : target) = parse_range_digest(result.rows.at(0), true);
        });
        KeylessDiff found{source.rows, target.rows, 0, {}};
        if (source == target) return found;
        const auto keep = [&](const DigestMismatch& one) {
            lane.check();
            found.mismatches += rows_of(one);
            if (found.digests.size() < most_at_a_time) found.digests.push_back(one);
        };
        if (queries.on(Side::target).reach == Reach::server)
            merge_digests(lane, queries, keep);
        else
            match_digests(lane, queries, std::max(source.rows, target.rows), keep);
        return found;
    });
}

}  // namespace

KeylessResult validate_keyless(Lane& lane, const TablePlan& plan, const TableQueries& queries,
                               const TargetTable* repair_into, std::size_t room) {
    KeylessDiff found = compare(lane, plan, queries);
    KeylessResult result;
    for (const DigestMismatch& one : found.digests) {
        if (result.details.size() >= room) break;
        const auto named = describe(plan, one, room - result.details.size());
        result.details.insert(result.details.end(), named.begin(), named.end());
    }
    const std::uint64_t at_first = found.mismatches;
    while (repair_into != nullptr && found.mismatches != 0) {
        Repair(lane, plan, queries, *repair_into).mend(found.digests);
        lane.retrying(plan.target.display(), [&] { lane.renew_target(); });
        KeylessDiff again = compare(lane, plan, queries);
        const bool better = again.mismatches < found.mismatches;
        found = std::move(again);
        if (!better) break;
    }
    result.source_rows = found.source_rows;
    result.target_rows = found.target_rows;
    result.mismatches = found.mismatches;
    result.repaired = at_first - std::min(at_first, found.mismatches);
    std::set<std::string> still;
    for (const DigestMismatch& one : found.digests) still.insert("row digest " + to_hex(one.digest));
    for (Mismatch& mismatch : result.details)
        mismatch.repaired = result.repaired != 0 && !still.contains(mismatch.key);
    return result;
}

}  // namespace transload::mysql::validation

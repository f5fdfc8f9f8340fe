#include "adapters/mysql/validation/range_compare.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/mysql/quoting.hpp"

namespace transload::mysql::validation {
namespace {

RangeDigest range_digest(Lane& lane, const TableQueries& queries, Side side, const KeyRange& range) {
    const Result result = lane.on(side).query(queries.range_digest(side, range, false));
    return parse_range_digest(result.rows.at(0), false);
}

std::optional<KeyValue> inner_key(const Result& result, const KeyRange& range) {
    if (result.rows.empty()) return std::nullopt;
    KeyValue key;
    for (const Value& part : result.rows[0]) key.push_back(part.value_or(""));
    if (key == range.upto) return std::nullopt;
    return key;
}

/// The target's key that cuts the range, nullopt when it can't be cut. Any key inside it does: of a sharded table
/// the first shard names one that holds its share of the rows.
std::optional<KeyValue> cut(Lane& lane, const Comparison& comparison, const KeyRange& range) {
    const TableQueries& queries = comparison.queries;
    if (comparison.nodes == nullptr)
        return inner_key(lane.on(Side::target).query(queries.boundary(Side::target, range, rows_in_memory)), range);
    const std::uint64_t share = std::max<std::uint64_t>(1, rows_in_memory / comparison.nodes->size());
    for (const ShardNode& node : *comparison.nodes)
        if (auto key = inner_key(lane.shard(*node.unit).query(queries.boundary_in(quote_name(node.table), range, share)), range))
            return key;
    return std::nullopt;
}

}  // namespace

RangeCounts compare_range(Lane& lane, const Comparison& comparison, const KeyRange& range,
                          const std::function<void(const RangeDiff&)>& on_diff) {
    const TableQueries& queries = comparison.queries;
    RangeCounts total;
    std::vector<KeyRange> pieces{range};
    while (!pieces.empty()) {
        const KeyRange piece = std::move(pieces.back());
        pieces.pop_back();
        RangeCounts counts;
        bool must_cut = false;
        if (comparison.form == RowForm::digest) {
            RangeDigest source, target;
            lane.retrying(comparison.object, [&] {
                lane.on_both([&](Side side) {
                    (side == Side::source ? source : target) = range_digest(lane, queries, side, piece);
                });
            });
            if (source == target) {
                total.source_rows += source.rows;
                total.target_rows += target.rows;
                continue;
            }
            must_cut = target.rows > 2 * rows_in_memory + source.rows;
        }
        std::optional<RangeDiff> diff;
        std::optional<KeyValue> middle;
        lane.retrying(comparison.object, [&] {
            RowMatcher matcher(lane, queries, comparison.key_parts, comparison.form);
            if (!must_cut) diff = matcher.match(piece, counts, true);
            if (diff) return;
            middle = cut(lane, comparison, piece);
            if (!middle) diff = matcher.match(piece, counts, false);
        });
        if (!diff) {
            pieces.push_back({middle, piece.upto});
            pieces.push_back({piece.after, middle});
            continue;
        }
        total.source_rows += counts.source_rows;
        total.target_rows += counts.target_rows;
        if (diff->size() != 0) on_diff(*diff);
    }
    return total;
}

}  // namespace transload::mysql::validation

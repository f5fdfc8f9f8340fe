#include "adapters/mysql/validation/range_compare.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace transload::mysql::validation {
namespace {

RangeDigest range_digest(Lane& lane, const TableQueries& queries, Side side, const KeyRange& range) {
    const Result result = lane.on(side).query(queries.range_digest(side, range, false));
    return parse_range_digest(result.rows.at(0), false);
}

/// The target's key that cuts the range, nullopt when it can't be cut.
std::optional<KeyValue> cut(Lane& lane, const TableQueries& queries, const KeyRange& range) {
    const Result result = lane.on(Side::target).query(queries.boundary(Side::target, range, rows_in_memory));
    if (result.rows.empty()) return std::nullopt;
    KeyValue key;
    for (const Value& part : result.rows[0]) key.push_back(part.value_or(""));
    if (key == range.upto) return std::nullopt;
    return key;
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
            middle = cut(lane, queries, piece);
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

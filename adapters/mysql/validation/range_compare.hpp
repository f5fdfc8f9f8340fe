#pragma once
#include <functional>
#include <string>
#include <vector>

#include "adapters/mysql/validation/row_matcher.hpp"

namespace transload::mysql::validation {

/// What is compared, and how.
struct Comparison {
    const TableQueries& queries;
    std::size_t key_parts;
    RowForm form;
    std::string object;  ///< "shop.orders", for errors
    const std::vector<ShardNode>* nodes = nullptr;  ///< of a sharded target: where it lies
};

/// Compares the rows of a range and hands each piece that differs to `on_diff`; pieces are cut where the target
/// holds many more rows than the source. With RowForm::digest whole ranges are first compared by aggregates that
/// the servers compute, both at the same time. Transient errors are retried here; those of `on_diff` are not.
[[nodiscard]] RangeCounts compare_range(Lane& lane, const Comparison& comparison, const KeyRange& range,
                                        const std::function<void(const RangeDiff&)>& on_diff);

}  // namespace transload::mysql::validation

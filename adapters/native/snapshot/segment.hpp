#pragma once
#include <cstdint>
#include <optional>
#include <utility>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/key_range.hpp"
#include "orchestrator/plan/table_plan.hpp"

namespace transload::native {

/// A part of one table that one lane reads in one pass, in key order.
struct Segment {
    std::size_t table = 0;  ///< index into DataJob::tables
    mysql::KeyRange range;
    std::uint64_t estimated_rows = 0;
    unsigned attempts = 0;  ///< passes that broke off before
};

/// What a row of the table takes on the wire, by the server's statistics; at least 16.
[[nodiscard]] std::uint64_t row_bytes_estimate(const TablePlan& plan);

/// Splits a range so that about `wanted_rows` rows come first. Integer keys: by arithmetic and the
/// optimizer's estimates, without reading; other keys: by walking the index. Returns the last key of the
/// first part, nullopt when the range is not worth splitting. Uses a session of the view.
[[nodiscard]] std::optional<mysql::KeyValue> find_cut(mysql::Connection& source, const TablePlan& plan,
                                                      const mysql::KeyRange& range,
                                                      std::uint64_t wanted_rows);

}  // namespace transload::native

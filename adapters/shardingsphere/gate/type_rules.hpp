#pragma once
#include <array>
#include <string_view>
#include <vector>

#include "adapters/shardingsphere/gate/facts.hpp"
#include "adapters/shardingsphere/gate/finding_kinds.hpp"

/// What 5.5.2 does to the values of each type, as measured against a real proxy, and what the gate makes of
/// it.
namespace transload::shardingsphere {

/// One line of the table in docs/shardingsphere-gate.md.
struct MeasuredType {
    std::string_view type;
    std::string_view inventory;
    std::string_view live;
    std::string_view gate;
};

[[nodiscard]] const std::vector<MeasuredType>& measured_types();

/// Why a column's values would not arrive unchanged; empty when they do.
[[nodiscard]] std::vector<Reason> judge_column(const TablePlan& plan, const Column& column,
                                               const TableFacts& facts, const Circumstances& circumstances);

/// What a row of a table that ShardingSphere does not carry does to the proxy's reader of the binary log,
/// which decodes the rows of all tables of the server. Seen for each: with a few such rows in one transaction
/// the reader loses its place and no event of any table arrives any more, while the migration's status stays
/// as it was.
enum class NeighbourHarm {
    none,
    by_value,  ///< some values of the type
    always,    ///< every value
};
[[nodiscard]] NeighbourHarm neighbour_harm(const Column& column, bool zero_dates_possible);

/// Fractional digits of a temporal column: "datetime(6)" 6, "datetime" 0.
[[nodiscard]] int fraction_digits(const Column& column);
[[nodiscard]] bool is_spatial(const Column& column);
[[nodiscard]] bool has_date(const Column& column);  ///< DATE, DATETIME, TIMESTAMP

}  // namespace transload::shardingsphere

#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/plan/table_plan.hpp"

/// Key values, ranges of them and their SQL. A range means what the server's own order of the key means:
/// collation, unsignedness, enum order, descending parts.
///
/// All SQL is for the source. For the target hand in target_side(plan): names may differ there, and TablePlan::row_filter
/// is for the source only.
namespace transload::mysql {

/// One value per key part, as delivered by `key_select_list` on a copy_read session. Never NULL.
using KeyValue = std::vector<std::string>;

/// after < key <= upto in the key's order; an absent bound is open.
struct KeyRange {
    std::optional<KeyValue> after;
    std::optional<KeyValue> upto;
};

/// Expression that reads one column of a key so that `key_literal` can write it again.
[[nodiscard]] std::string key_expression(const Column& column);

/// Expressions that read the key so that `key_literal` can write it again, comma-joined, in key order.
[[nodiscard]] std::string key_select_list(const TablePlan& plan);

/// How to get at the key of a row that is read whole: most key parts are among the row's fields already.
struct KeyReading {
    std::string extra;                ///< ", expr, expr" to append to `select_list`; empty when nothing is missing
    std::vector<std::size_t> fields;  ///< per key part its index in a row of `select_list` + `extra`
};
/// Requires plan.key.
[[nodiscard]] KeyReading key_reading(const TablePlan& plan);
[[nodiscard]] KeyValue read_key(const KeyReading& reading, RowView row);

/// A literal that compares equal to exactly the value that was read, by the column's own rules, and lets the
/// server use the index.
[[nodiscard]] std::string key_literal(const Column& column, std::string_view raw);

/// A condition for WHERE: the rows of the table that are taken at all (TablePlan::row_filter) and lie in the range, in
/// index-friendly form (`a` > x OR (`a` = x AND `b` > y)); "TRUE" for all rows. A table without a key has the open range
/// only. An operand of AND as it stands.
[[nodiscard]] std::string range_predicate(const TablePlan& plan, const KeyRange& range);

/// The condition on rows alone: "TRUE" without TablePlan::row_filter.
[[nodiscard]] std::string row_condition(const TablePlan& plan);

/// "`a`, `b` DESC": the key's order. Requires plan.key.
[[nodiscard]] std::string key_order(const TablePlan& plan);
[[nodiscard]] std::string key_order_reversed(const TablePlan& plan);

/// "FORCE INDEX (`name`)": with it the server reads a range in key order without sorting. Requires plan.key.
[[nodiscard]] std::string key_hint(const TablePlan& plan);

/// "id=42, region='eu'" for people; bytes that are not text in hex.
[[nodiscard]] std::string describe_key(const TablePlan& plan, const KeyValue& key);

/// Text form for the checkpoint tables, exact for any bytes, and back.
[[nodiscard]] std::string encode_key(const KeyValue& key);
[[nodiscard]] KeyValue decode_key(std::string_view encoded);

}  // namespace transload::mysql

#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/key_range.hpp"
#include "adapters/mysql/validation/table_queries.hpp"

/// JSON documents carry types that their text does not show: DECIMAL, DATE, TIME, DATETIME. A copy by text turns
/// them into DOUBLE and STRING.
namespace transload::mysql::validation {

/// JSON path of every scalar of a document, in document order: "$.a[3].\"b c\"". Empty when it is no JSON.
[[nodiscard]] std::vector<std::string> scalar_paths(std::string_view json);

/// Expression of a value of this JSON_TYPE whose unquoted text is `text`; empty for types that text carries
/// (numbers, strings…) and for those that no expression makes (BLOB, BIT, OPAQUE).
[[nodiscard]] std::string typed_value(std::string_view json_type, std::string_view text);

/// Gives the values of the JSON columns of these rows of the target the types that they have on the source.
/// Runs in the writer's open transaction. MySQL >= 8.0.4 on both sides; does nothing elsewhere.
void mend_json_types(Connection& source, Connection& writer, const TablePlan& plan, const TableQueries& queries,
                     const std::vector<KeyValue>& keys);

}  // namespace transload::mysql::validation

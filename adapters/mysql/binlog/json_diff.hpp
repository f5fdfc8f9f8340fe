#pragma once
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/binlog/json_document.hpp"

/// Partial updates of JSON documents (binlog_row_value_options = PARTIAL_JSON).
namespace transload::mysql::binlog {

struct JsonDiff {
    enum class Operation : std::uint8_t { replace = 0, insert = 1, remove = 2 };
    Operation operation = Operation::replace;
    std::string_view path;
    JsonNode value;  ///< not of `remove`
};

/// Throws Malformed.
[[nodiscard]] std::vector<JsonDiff> read_json_diffs(std::string_view bytes);

/// Makes the changes in the document. Throws Malformed when one does not fit it. `names` keeps the names of new members,
/// which the document points to.
void apply(const std::vector<JsonDiff>& diffs, JsonNode& document, std::deque<std::string>& names);

/// The changes as an expression over the column, which is written as %c (CellState::patch).
[[nodiscard]] std::string patch_expression(const std::vector<JsonDiff>& diffs);

}  // namespace transload::mysql::binlog

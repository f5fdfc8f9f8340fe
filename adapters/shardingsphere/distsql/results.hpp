#pragma once
#include <map>
#include <string>
#include <vector>

#include "adapters/shardingsphere/distsql/proxy.hpp"

/// Rows of the proxy into types. Columns are found by name, whatever stands beside them; a missing column or a text
/// that is no number throws Error "shardingsphere.unexpected_answer". The proxy says NULL as ''.
namespace transload::shardingsphere::results {

using AnswerRow = std::map<std::string, std::string>;  ///< by lower-case column name
using AnswerRows = std::vector<AnswerRow>;

[[nodiscard]] ProxyMode mode(const AnswerRows& rows);
/// Throws when the instance has no id: it is what tells a restarted proxy from the one before.
[[nodiscard]] ComputeNode compute_node(const AnswerRows& rows);
[[nodiscard]] std::vector<UnitRow> units(const AnswerRows& rows);
[[nodiscard]] std::vector<MigrationEntry> migrations(const AnswerRows& rows);
[[nodiscard]] MigrationStatus migration_status(const AnswerRows& rows);
[[nodiscard]] std::optional<CheckStatus> check_status(const AnswerRows& rows);
[[nodiscard]] MigrationRule migration_rule(const AnswerRows& rows);
/// One column of every row.
[[nodiscard]] std::vector<std::string> column(const AnswerRows& rows, const std::string& name);
/// "ds_0.t_0, ds_1.t_1" of every row, one by one.
[[nodiscard]] std::vector<std::string> nodes(const AnswerRows& rows);

}  // namespace transload::shardingsphere::results

#pragma once
#include <functional>
#include <string>
#include <vector>

#include "adapters/mysql/preflight/objects.hpp"
#include "adapters/mysql/preflight/server.hpp"
#include "adapters/shardingsphere/gate/facts.hpp"

namespace transload::shardingsphere {

/// What the source's catalogue says of the tables, in their order; a few queries per database and two per
/// table. The rows are not read: see data_reader. Reads only.
[[nodiscard]] std::vector<TableFacts> read_facts(mysql::Server& source, const std::vector<TablePlan>& tables);

/// The source's own CREATE TABLE.
[[nodiscard]] std::string definition_of(mysql::Server& source, const TableName& table);

/// read_objects() with the bodies of triggers and events, which it does not need.
[[nodiscard]] mysql::DatabaseObjects read_programs(mysql::Server& source, const std::string& database);

}  // namespace transload::shardingsphere

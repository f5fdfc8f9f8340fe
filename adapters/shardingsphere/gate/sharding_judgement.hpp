#pragma once
#include <vector>

#include "adapters/mysql/preflight/objects.hpp"
#include "adapters/shardingsphere/gate/facts.hpp"
#include "adapters/shardingsphere/gate/finding_kinds.hpp"

/// Whether the rules of a sharded target can be kept. Pure.
namespace transload::shardingsphere {

/// Units, names, algorithms, and that each rule has its table.
[[nodiscard]] std::vector<Reason> judge_rules(const JobSpec& spec, const std::vector<TablePlan>& tables);

/// One table with its rule: the sharding column and what becomes of uniqueness.
[[nodiscard]] std::vector<Reason> judge_sharded_table(const TablePlan& plan, const TableFacts& facts,
                                                      const ShardingRule& rule);

/// What else of the database names sharded tables: foreign keys, triggers, views, programs.
[[nodiscard]] std::vector<Reason> judge_dependants(const mysql::DatabaseObjects& objects,
                                                   const std::vector<TablePlan>& tables,
                                                   const Selection& selection);

/// The rule for a table; nullptr when it has none.
[[nodiscard]] const ShardingRule* rule_of(const JobSpec& spec, const TablePlan& plan);

}  // namespace transload::shardingsphere

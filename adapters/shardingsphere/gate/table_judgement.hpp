#pragma once
#include <vector>

#include "adapters/shardingsphere/gate/facts.hpp"
#include "adapters/shardingsphere/gate/finding_kinds.hpp"

namespace transload::shardingsphere {

/// Every reason why ShardingSphere would not carry the table unchanged. Pure.
[[nodiscard]] std::vector<Reason> judge_table(const TablePlan& plan, const TableFacts& facts,
                                              const Circumstances& circumstances);

}  // namespace transload::shardingsphere

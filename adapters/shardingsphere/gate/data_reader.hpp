#pragma once
#include <chrono>

#include "adapters/mysql/preflight/server.hpp"
#include "adapters/shardingsphere/gate/facts.hpp"
#include "orchestrator/ports/run_control.hpp"

/// Questions to the rows, where only they know. A table without a column in question is not read at all, a
/// key is asked for its ends; the rest is one scan of the table that ends at the limit.
namespace transload::shardingsphere {

inline constexpr std::chrono::seconds longest_look{60};

/// `sharding_column`: of the table's rule; empty when it has none.
[[nodiscard]] DataFacts read_data(mysql::Server& source, const TablePlan& plan, const TableFacts& facts,
                                  const std::string& sharding_column, RunControl& control,
                                  std::chrono::milliseconds limit = longest_look);

/// Whether a column of a type that harms by value holds such a value. nullopt: it took longer than the limit.
[[nodiscard]] std::optional<bool> holds_harmful_value(mysql::Server& source, const TableName& table,
                                                      const Column& column, std::chrono::milliseconds limit);

}  // namespace transload::shardingsphere

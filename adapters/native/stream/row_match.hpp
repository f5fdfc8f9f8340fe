#pragma once
#include <string>

#include "adapters/mysql/binlog/change.hpp"
#include "orchestrator/plan/table_plan.hpp"

namespace transload::native {

/// Appends a condition that is true for rows whose `column` (called `name`, quoted) holds exactly the value of the image:
/// by bytes where the type's own comparison would call different values equal. What can't be put into a condition goes to
/// `order`: an expression by which the right row comes first among those that the condition finds.
void append_match(const Column& column, const std::string& name, const mysql::binlog::RowImage& image,
                  std::size_t index, std::string& sql, std::string& order);

}  // namespace transload::native

#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/plan/table_plan.hpp"

namespace transload::mysql {

/// The counter in the table options of a SHOW CREATE TABLE text; nullopt when it prints none.
[[nodiscard]] std::optional<std::string> auto_increment_of(std::string_view show_create);

/// The source's counter when that of the table `actual` on the target is another one.
[[nodiscard]] std::optional<std::string> counter_to_carry(Connection& source, const TablePlan& plan, Connection& target,
                                                          const TableName& actual);

}  // namespace transload::mysql

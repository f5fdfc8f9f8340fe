#pragma once
#include <string_view>

namespace transload::shardingsphere {

/// Words that the grammar of migration statements keeps for itself, in any case. It offers no way to quote a table
/// that is called so.
[[nodiscard]] bool is_distsql_word(std::string_view name);

}  // namespace transload::shardingsphere

#pragma once
#include <cstddef>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/key_range.hpp"

namespace transload::mysql {

/// Indexes of `keys` in the key's order, as the server sorts them (collations are its business). Sets
/// max_sort_length on the session.
[[nodiscard]] std::vector<std::size_t> sort_keys(Connection& connection, const TablePlan& plan,
                                                 const std::vector<KeyValue>& keys);

}  // namespace transload::mysql

#pragma once
#include <cstdint>
#include <functional>

#include "adapters/mysql/validation/lane.hpp"
#include "adapters/mysql/validation/table_queries.hpp"

namespace transload::mysql::validation {

/// A digest that the two sides hold in different numbers.
struct DigestMismatch {
    RowDigest digest;
    std::uint64_t source_rows = 0;
    std::uint64_t target_rows = 0;
};

/// Streams (digest, number of rows) of a table from both servers in digest order and merges them, for tables
/// without a key. Memory does not grow with the table; the servers sort. Calls `on_mismatch` in digest order;
/// an exception from it ends both statements.
void merge_digests(Lane& lane, const TableQueries& queries, const std::function<void(const DigestMismatch&)>& on_mismatch);

}  // namespace transload::mysql::validation

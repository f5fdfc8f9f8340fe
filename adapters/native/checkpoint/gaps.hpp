#pragma once
#include <functional>
#include <vector>

#include "adapters/native/checkpoint/checkpoint_store.hpp"

namespace transload::native {

/// Puts keys into the key's order; see mysql::sort_keys.
using KeySorter = std::function<std::vector<std::size_t>(const std::vector<mysql::KeyValue>&)>;

/// What is not covered by `done`, in key order; together they cover the whole key space exactly once. The
/// ranges of `done` must not overlap. Ranges that touch are joined first, so that few keys need sorting.
[[nodiscard]] std::vector<mysql::KeyRange> gaps(const std::vector<DoneChunk>& done, const KeySorter& sorter);

}  // namespace transload::native

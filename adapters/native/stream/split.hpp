#pragma once
#include <cstdint>
#include <vector>

#include "adapters/native/stream/net_changes.hpp"
#include "adapters/native/stream/table_shape.hpp"

namespace transload::native {

/// What one session does in one transaction. Points into the NetChanges that it was split from.
struct Part {
    struct Slice {
        std::uint32_t table = 0;
        std::vector<const NetChange*> net;  ///< in key order where that is cheap to have
        const std::vector<OrderedChange>* ordered = nullptr;
    };
    std::vector<Slice> slices;
    std::uint64_t rows = 0;
    [[nodiscard]] bool empty() const { return slices.empty(); }
};

/// Splits by write sets: changes that share a value of any unique index, old or new, are in one part (NULL is no value),
/// so parts can be applied in any order and at the same time. Depends on nothing but its arguments: after a crash the same
/// group falls into the same parts. Exactly `parts` parts, of which the last may be empty.
[[nodiscard]] std::vector<Part> split(const NetChanges& changes, const std::vector<TablePlan>& plans,
                                      const std::vector<TableShape>& shapes, unsigned parts);

}  // namespace transload::native

#pragma once
#include <optional>
#include <vector>

#include "adapters/mysql/binlog/position.hpp"
#include "adapters/mysql/key_range.hpp"

namespace transload::native {

enum class StreamDirection { forward, reverse };

/// A run of touching chunks that were read in the same view. `range` both ends open: the whole table (and every table
/// without a key).
struct CopiedRun {
    mysql::KeyRange range;
    mysql::binlog::Position position;  ///< of the view: the rows contain every change up to it, and none behind it
    /// Set where the view's position is only known to lie between this and `position`: changes in between are written so
    /// that it does not matter whether the rows contain them. Only for tables with a key.
    std::optional<mysql::binlog::Position> bracket_low;
};

/// What the rows that were copied already contain, per table in the order of StreamSetup::tables. A change at a position
/// that the run of its key covers is dropped. Behind the last position of all runs a window has no effect.
struct Window {
    std::vector<std::vector<CopiedRun>> tables;
    [[nodiscard]] bool empty() const { return tables.empty(); }
};

}  // namespace transload::native

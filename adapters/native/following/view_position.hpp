#pragma once
#include <optional>

#include "adapters/mysql/binlog/position.hpp"
#include "adapters/mysql/consistent_view.hpp"

namespace transload::native {

/// Where a view stands in its server's log.
struct PlacedView {
    bool exact = false;
    mysql::binlog::Position position;  ///< `exact`: the view's; else the end of the bracket that it lies in
    std::optional<mysql::binlog::Position> bracket_low;  ///< set when not exact
};

/// Throws Error{failed, "native.no_log"} when the server keeps no log that the account may look at.
[[nodiscard]] PlacedView place(const mysql::ConsistentView& view);

}  // namespace transload::native

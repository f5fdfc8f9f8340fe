#pragma once
#include <optional>
#include <string>
#include <vector>

#include "adapters/native/stream/net_changes.hpp"

/// Tables and changes made by hand.
namespace transload::test {

using Cells = std::vector<std::optional<std::string>>;  ///< "-" is a cell that the image lacks

inline mysql::binlog::RowImage image(const Cells& cells) {
    using mysql::binlog::CellState;
    mysql::binlog::RowImage made(cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (!cells[i])
            made.set(i, CellState::null);
        else if (*cells[i] != "-")
            made.set(i, CellState::value, *cells[i]);
    }
    return made;
}

inline mysql::binlog::RowChange inserted(const Cells& after) {
    return {.kind = mysql::binlog::ChangeKind::insert, .after = image(after)};
}
inline mysql::binlog::RowChange removed(const Cells& before) {
    return {.kind = mysql::binlog::ChangeKind::remove, .before = image(before)};
}
inline mysql::binlog::RowChange updated(const Cells& before, const Cells& after) {
    return {.kind = mysql::binlog::ChangeKind::update, .before = image(before), .after = image(after)};
}

/// id INT PRIMARY KEY, u INT, t VARCHAR(20)
inline TablePlan small_table() {
    TablePlan plan;
    plan.source = plan.target = {"shop", "items"};
    plan.columns.resize(3);
    plan.columns[0].name = "id";
    plan.columns[0].data_type = plan.columns[0].column_type = "int";
    plan.columns[0].nullable = false;
    plan.columns[1].name = "u";
    plan.columns[1].data_type = plan.columns[1].column_type = "int";
    plan.columns[2].name = "t";
    plan.columns[2].data_type = "varchar";
    plan.columns[2].column_type = "varchar(20)";
    plan.columns[2].charset = "utf8mb4";
    plan.columns[2].collation = "utf8mb4_general_ci";
    plan.key = RowKey{"PRIMARY", {{0, false}}};
    return plan;
}

inline native::TableShape keyed_shape(bool unique_u = false) {
    native::TableShape shape{.keyed = true, .key_is_exact = true, .key_is_judged = true};
    if (unique_u) shape.uniques.push_back({{1}, true, true});
    return shape;
}

}  // namespace transload::test

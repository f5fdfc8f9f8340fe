#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/plan/table_plan.hpp"

namespace transload::native {

/// A unique index of the written table, other than the one that identifies rows.
struct UniqueIndex {
    std::vector<std::size_t> columns;  ///< indexes into TablePlan::columns
    /// False: only the server can say whether two values are equal in it (collations, prefixes, generated columns).
    bool judged = true;
    /// False: what its values depend on isn't known (expressions, generated columns).
    bool transparent = true;
    friend bool operator==(const UniqueIndex&, const UniqueIndex&) = default;
};

/// What decides how changes of one table are folded and spread over sessions.
struct TableShape {
    bool keyed = false;         ///< rows are found by TablePlan::key; else by all their values
    bool key_is_exact = false;  ///< keys are equal if and only if their bytes are
    bool key_is_judged = false; ///< keys that are equal have equal `comparable_value`s
    std::vector<UniqueIndex> uniques;
    /// Changes of tables of one cluster keep their order among each other; 0 = the table is alone.
    unsigned cluster = 0;
    /// The written table has columns that the stream does not fill. A row keeps its values there whatever becomes of its key,
    /// and one that was removed and made again does not: changes of such a table are carried out as they came.
    bool keeps_columns = false;

    [[nodiscard]] bool whole() const;  ///< all changes of the table must be in one part
    friend bool operator==(const TableShape&, const TableShape&) = default;
};

/// Asks the server that is written to. In the order of `tables`; clusters are left 0.
[[nodiscard]] std::vector<TableShape> read_shapes(mysql::Connection& to, const std::vector<TablePlan>& tables);

/// For the checkpoint: a group that was begun must be split again as it was.
[[nodiscard]] std::string encode_shapes(const std::vector<TableShape>& shapes);
/// Throws Error{failed, "native.checkpoint_version"} for what encode_shapes has not written.
[[nodiscard]] std::vector<TableShape> decode_shapes(std::string_view text);

/// True where values that the server finds equal have the same `comparable_value`.
[[nodiscard]] bool is_judged(const Column& column);
/// True where values are equal if and only if their bytes are.
[[nodiscard]] bool is_exact(const Column& column);
/// Without what the server does not look at when it compares: trailing spaces, the sign of zero.
[[nodiscard]] std::string_view comparable_value(const Column& column, std::string_view bytes);

}  // namespace transload::native

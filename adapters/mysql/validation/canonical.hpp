#pragma once
#include <string>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/plan/table_plan.hpp"

/// Canonical forms: expressions that give the same bytes on two servers if and only if the values are the same.
/// Pure; docs/validation.md lists the form of every type and why.
namespace transload::mysql::validation {

enum class Side { source, target };

/// The same thing said to each of the two servers; differs only where their flavours differ.
struct Sided {
    std::string source;
    std::string target;
    [[nodiscard]] const std::string& on(Side side) const noexcept { return side == Side::source ? source : target; }
};

/// How the target's values come here.
enum class Reach {
    server,  ///< from the target itself, on a copy_read session
    /// Through ShardingSphere-Proxy, whose sessions at the shards nobody can set up, and which reads values into Java
    /// objects: every value is sent as hex digits, TIMESTAMPs as seconds since 1970, long values as their SHA-256.
    proxy,
};

/// One comparison of a column. A JSON column has two: its text and the types of its values.
struct ComparedColumn {
    std::string name;
    Sided value;   ///< canonical bytes (Reach::proxy: their hex digits) or NULL, read on a copy_read session: level rows
    Sided digest;  ///< comma-joined arguments of the row's CONCAT, never NULL, unambiguous by themselves
    Sided probe;   ///< small stand-in of `value` for finding the differing column: itself, or its SHA-256
    Sided shown;   ///< for people: text of at most 200 characters, bytes in hex
    /// MySQL's JSON against a text (MariaDB): only a parser can compare them. `digest` is then a constant and
    /// the table must be compared at level rows.
    bool parse_as_json = false;
};

struct ComparedTable {
    std::vector<ComparedColumn> columns;
    std::vector<std::string> missing;  ///< columns that the target does not have and should, by their names there
    std::vector<std::string> surplus;  ///< columns that only the target has
    Sided row_digest;                  ///< 32 hex digits of the row's SHA-256
    bool needs_parser = false;         ///< some column has parse_as_json
};

/// Columns are matched by the name that the plan gives them on the target, ignoring case as servers do; those that the
/// plan leaves out are not compared, and are surplus where the target has them all the same. Throws Error{failed, "column.unknown_type"}.
[[nodiscard]] ComparedTable compare_columns(const TablePlan& plan, const std::vector<Column>& target_columns,
                                            const ServerVersion& source, const ServerVersion& target,
                                            Reach reach = Reach::server);

}  // namespace transload::mysql::validation

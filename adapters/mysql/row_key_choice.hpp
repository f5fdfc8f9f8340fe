#pragma once
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/plan/table_plan.hpp"

/// Which unique index of a table identifies its rows and cuts it into chunks. A pure decision.
namespace transload::mysql {

/// A unique index as information_schema.STATISTICS describes it.
struct UniqueIndex {
    struct Part {
        std::string column;  ///< empty for an expression
        bool descending = false;
        bool prefix = false;
    };
    std::string name;
    bool visible = true;  ///< false: the optimizer does not use it unasked
    bool hash = false;    ///< no order: MEMORY's HASH, MariaDB's unique index over a BLOB
    std::vector<Part> parts;
};

/// PRIMARY when usable, else the smallest usable unique index. Usable: every part a whole NOT NULL column
/// whose values have an order. An index with FLOAT or DOUBLE parts is taken only when there is no other: such
/// keys are hard to name exactly. nullopt: the rows can only be matched as a whole.
[[nodiscard]] std::optional<RowKey> choose_row_key(const std::vector<Column>& columns,
                                                   const std::vector<UniqueIndex>& unique_indexes);

}  // namespace transload::mysql

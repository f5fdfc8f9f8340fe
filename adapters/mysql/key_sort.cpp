#include "adapters/mysql/key_sort.hpp"

#include "adapters/mysql/column_kind.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::mysql {
namespace {

/// A value of the column's own type and collation that needs no column beside it to be compared rightly.
std::string typed_literal(const Column& column, const std::string& raw) {
    const std::string literal = key_literal(column, raw);
    switch (column_kind(column)) {
        case ColumnKind::text:
            return literal + " COLLATE " + column.collation;
        case ColumnKind::native_text:
            return "CAST(" + literal + " AS " + column.data_type + ")";
        case ColumnKind::temporal:
            // Dates sort like their text; negative times do not.
            return column.data_type == "time" ? "CAST(" + literal + " AS TIME(6))" : literal;
        default:
            return literal;
    }
}

}  // namespace

std::vector<std::size_t> sort_keys(Connection& connection, const TablePlan& plan,
                                   const std::vector<KeyValue>& keys) {
    std::vector<std::size_t> sorted;
    if (keys.size() < 2) {
        if (keys.size() == 1) sorted.push_back(0);
        return sorted;
    }
    std::string rows;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        rows += i == 0 ? "SELECT " : " UNION ALL SELECT ";
        rows += std::to_string(i) + " AS n";
        for (std::size_t part = 0; part < keys[i].size(); ++part)
            rows += ", " + typed_literal(plan.columns[plan.key->parts[part].column], keys[i][part]) +
                    " AS k" + std::to_string(part);
    }
    std::string order;
    for (std::size_t part = 0; part < plan.key->parts.size(); ++part)
        order += (part == 0 ? "k" : ", k") + std::to_string(part) +
                 (plan.key->parts[part].descending ? " DESC" : "");
    connection.execute("SET SESSION max_sort_length = 65536");
    for (const Row& row : connection.query("SELECT n FROM (" + rows + ") AS bounds ORDER BY " + order).rows)
        sorted.push_back(std::stoul(row.at(0).value()));
    return sorted;
}

}  // namespace transload::mysql

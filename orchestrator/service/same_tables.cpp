#include "orchestrator/service/same_tables.hpp"

#include <set>

#include "orchestrator/job/same_target.hpp"

namespace transload {

std::optional<std::string> same_table(const Job& one, const Job& other) {
    if (!same_target(one.spec, other.spec)) return std::nullopt;
    std::set<std::string> filled;
    for (const TableReport& table : other.report.tables) filled.insert(target_key(table.target_name));
    for (const TableReport& table : one.report.tables)
        if (filled.contains(target_key(table.target_name))) return table.target_name;
    return std::nullopt;
}

}  // namespace transload

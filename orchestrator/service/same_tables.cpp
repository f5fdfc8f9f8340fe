#include "orchestrator/service/same_tables.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace transload {
namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

}  // namespace

std::optional<std::string> same_table(const Job& one, const Job& other) {
    if (one.spec.target.host != other.spec.target.host || one.spec.target.port != other.spec.target.port) return std::nullopt;
    std::set<std::string> filled;
    for (const TableReport& table : other.report.tables) filled.insert(lower(table.target_name));
    for (const TableReport& table : one.report.tables)
        if (filled.contains(lower(table.target_name))) return table.target_name;
    return std::nullopt;
}

}  // namespace transload

#include "adapters/mysql/auto_increment.hpp"

#include <algorithm>

#include "adapters/mysql/quoting.hpp"

namespace transload::mysql {

std::optional<std::string> auto_increment_of(std::string_view show_create) {
    // Line breaks in comments and defaults are printed as \n, so the options begin at the only "\n) ".
    const std::size_t options = show_create.rfind("\n) ");
    if (options == std::string_view::npos) return std::nullopt;
    std::string_view rest = show_create.substr(options);
    // What users write comes behind COMMENT=, where the words could be anything.
    rest = rest.substr(0, rest.find(" COMMENT='"));
    constexpr std::string_view word = " AUTO_INCREMENT=";
    const std::size_t at = rest.find(word);
    if (at == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(at + word.size());
    return std::string(rest.substr(0, rest.find_first_not_of("0123456789")));
}

std::optional<std::string> counter_to_carry(Connection& source, const TablePlan& plan, Connection& target,
                                            const TableName& actual) {
    const bool counts = std::any_of(plan.columns.begin(), plan.columns.end(),
                                    [](const Column& column) { return column.auto_increment && !column.left_out; });
    if (!counts) return std::nullopt;
    const auto counter = [](Connection& connection, const TableName& table) {
        const auto shown = connection.query("SHOW CREATE TABLE " + quote_name(table));
        return auto_increment_of(shown.rows.at(0).at(1).value_or(""));
    };
    const auto there = counter(source, plan.source);
    if (!there || there == counter(target, actual)) return std::nullopt;
    return there;
}

}  // namespace transload::mysql

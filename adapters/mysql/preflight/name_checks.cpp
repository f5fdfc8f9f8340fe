#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "adapters/mysql/preflight/context.hpp"
#include "adapters/mysql/quoting.hpp"

/// Names that become one, or other ones, on the target.
namespace transload::mysql {
namespace {

struct Move {
    TableName source;
    TableName target;
};

/// Selected tables and views by the name that they will have on the target.
std::map<std::string, std::vector<Move>> by_target_name(const Context& context, bool fold) {
    std::map<std::string, std::vector<Move>> names;
    const auto put = [&](const TableName& target, const TableName& source) {
        names[fold ? lower(target.display()) : target.display()].push_back({source, target});
    };
    for (const TablePlan& plan : context.tables) put(plan.target, plan.source);
    for (const StoredObject* view : context.moving(StoredObject::Kind::view))
        put({context.target_database(view->name.database), view->name.table}, view->name);
    return names;
}

void find_collisions(Context& context) {
    const bool fold = context.target.ignores_case();
    for (const auto& [name, moves] : by_target_name(context, fold)) {
        if (moves.size() < 2) continue;
        std::set<std::string> exact;
        std::vector<std::string> shown;
        for (const Move& move : moves) {
            exact.insert(move.target.display());
            shown.push_back(move.source.display());
        }
        if (exact.size() == 1)
            context.log.add("pair.duplicate_target", *exact.begin(),
                            fmt::format("{} would both become {}", enumerate(shown), *exact.begin()));
        else
            context.log.add("pair.case_collision", name,
                            fmt::format("{} are one name on the target, whose lower_case_table_names is {}",
                                        enumerate(shown), context.target.variable("lower_case_table_names")),
                            fmt::format("RENAME TABLE {} TO … on the source, or --exclude one",
                                        quote_name(moves.back().source)));
    }
}

void compare_case_rules(Context& context) {
    const std::string source = context.source.variable("lower_case_table_names");
    const std::string target = context.target.variable("lower_case_table_names");
    if (source == target) return;
    std::vector<std::string> upper;
    for (const TablePlan& plan : context.tables)
        if (lower(plan.target.display()) != plan.target.display()) upper.push_back(plan.source.display());
    if (!upper.empty())
        context.log.add(
            "pair.lower_case_table_names", "target",
            fmt::format("lower_case_table_names is {} at the source and {} at the target: {} will be "
                        "written or found differently",
                        source, target, enumerate(upper)));
}

void find_clashes_in_case(Context& context) {
    if (context.target.ignores_case()) return;  // then they are the same table: target.table_exists
    const auto wanted = by_target_name(context, true);
    std::set<std::string> exact;
    for (const auto& [name, sources] : by_target_name(context, false)) exact.insert(name);
    for (const DatabaseObjects& database : context.target_objects)
        for (const std::string& table : database.tables) {
            const TableName there{database.database, table};
            if (!exact.contains(there.display()) && wanted.contains(lower(there.display())))
                context.log.add(
                    "pair.case_clash", there.display(),
                    fmt::format("the target holds {}, which differs from {} only in case", there.display(),
                                wanted.at(lower(there.display())).front().source.display()));
        }
}

constexpr std::array checks{
    Check{"names that collide", find_collisions},
    Check{"lower_case_table_names", compare_case_rules},
    Check{"names that differ only in case", find_clashes_in_case},
};

}  // namespace

std::span<const Check> name_checks() {
    return checks;
}

}  // namespace transload::mysql

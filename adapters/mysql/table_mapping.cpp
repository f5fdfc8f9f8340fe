#include "adapters/mysql/table_mapping.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <map>
#include <set>

#include "adapters/mysql/key_range.hpp"
#include "adapters/mysql/quoting.hpp"
#include "orchestrator/plan/selection.hpp"

namespace transload::mysql {
namespace {

constexpr std::size_t longest_name = 64;  ///< characters, of tables and columns alike

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// Column names mean the same in any case, on all servers.
struct AnyCase {
    bool operator()(const std::string& a, const std::string& b) const { return strcasecmp(a.c_str(), b.c_str()) < 0; }
};

bool fits(const TableMapping& rule, const TableName& table) {
    return glob_match(rule.match, table.table) || glob_match(rule.match, table.display());
}

const TableMapping* rule_of(const std::vector<TableMapping>& rules, const TableName& table) {
    const auto found =
        std::find_if(rules.begin(), rules.end(), [&](const TableMapping& rule) { return fits(rule, table); });
    return found == rules.end() ? nullptr : &*found;
}

/// One rule and one table.
class Application {
  public:
    Application(const std::vector<TableMapping>& rules, const TableMapping& rule, TablePlan& plan)
        : rule_(rule), path_(fmt::format("mapping[{}]", &rule - rules.data())), plan_(plan) {}

    void apply() {
        name_table();
        name_columns();
        leave_out();
        check_names();
        plan_.row_filter = rule_.where;
    }

  private:
    [[noreturn]] void refuse(const char* id, const std::string& member, std::string message, std::string remedy) const {
        throw Error(ErrorKind::refused, id, path_ + member, std::move(message), std::move(remedy));
    }

    void check_length(const std::string& name, const std::string& member, const std::string& what) const {
        if (characters(name) > longest_name)
            refuse("mapping.long_name", member,
                   fmt::format("{} would be called {}, which has more than {} characters", what, name, longest_name),
                   "choose a shorter name; a rule of its own before this one can rename it");
    }

    Column& column(const std::string& name, const std::string& member) {
        for (Column& one : plan_.columns)
            if (strcasecmp(one.name.c_str(), name.c_str()) == 0) return one;
        std::string known;
        for (const Column& one : plan_.columns) known += (known.empty() ? "" : ", ") + one.name;
        refuse("mapping.unknown_column", member, fmt::format("{} has no column {}", plan_.source.display(), name),
               "its columns are: " + known + "; a table that lacks one needs a rule of its own before this one");
    }

    void name_table() {
        if (!rule_.rename.empty())
            plan_.target.table = rule_.rename;
        else
            plan_.target.table = rule_.prefix + plan_.source.table + rule_.suffix;
        check_length(plan_.target.table, rule_.rename.empty() ? "" : ".rename", plan_.source.display());
    }

    void name_columns() {
        for (const auto& [from, to] : rule_.columns) {
            Column& one = column(from, ".columns");
            check_length(to, ".columns", plan_.source.display() + "." + one.name);
            if (to.empty()) refuse("mapping.bad_name", ".columns", fmt::format("the new name of {} is empty", from), "name it");
            one.target_name = to == one.name ? "" : to;
        }
    }

    void leave_out() {
        for (const std::string& name : rule_.leave_out) {
            Column& one = column(name, ".leave_out");
            one.left_out = true;
            if (!one.target_name.empty())
                refuse("mapping.conflict", ".leave_out", fmt::format("names {}, which columns renames", name), "keep one of them");
            if (plan_.key && std::any_of(plan_.key->parts.begin(), plan_.key->parts.end(), [&](const KeyPart& part) {
                    return &plan_.columns[part.column] == &one;
                }))
                refuse("mapping.key_column", ".leave_out",
                       fmt::format("{} is part of {}, by which rows of {} are told apart", name,
                                   plan_.key->index_name == "PRIMARY" ? "the primary key" : "the key " + plan_.key->index_name,
                                   plan_.source.display()),
                       "keep the column");
        }
    }

    void check_names() const {
        std::set<std::string, AnyCase> names;
        for (const Column& one : plan_.columns) {
            if (one.left_out || names.insert(one.on_target()).second) continue;
            refuse("mapping.same_column", ".columns",
                   fmt::format("two columns of {} would be called {}", plan_.source.display(), one.on_target()),
                   "give each a name of its own");
        }
        if (names.empty())
            refuse("mapping.no_column", ".leave_out", fmt::format("no column of {} is left", plan_.source.display()),
                   "keep one, or exclude the table from the job");
    }

    const TableMapping& rule_;
    std::string path_;
    TablePlan& plan_;
};

bool names_one_table(const TableMapping& rule) { return rule.match.find_first_of("*?[\\") == std::string::npos; }

}  // namespace

void apply_mapping(const std::vector<TableMapping>& rules, TablePlan& plan) {
    if (const TableMapping* rule = rule_of(rules, plan.source)) Application(rules, *rule, plan).apply();
}

void check_mapping(const std::vector<TableMapping>& rules, const std::vector<TablePlan>& plans) {
    for (const TableMapping& rule : rules) {
        if (!names_one_table(rule)) continue;
        const auto mine = [&](const TablePlan& plan) { return rule_of(rules, plan.source) == &rule; };
        if (std::any_of(plans.begin(), plans.end(), mine)) continue;
        const auto taken = std::find_if(plans.begin(), plans.end(), [&](const TablePlan& plan) { return fits(rule, plan.source); });
        const std::string path = fmt::format("mapping[{}].match", &rule - rules.data());
        if (taken == plans.end())
            throw Error(ErrorKind::refused, "mapping.no_such_table", path,
                        fmt::format("the job has no table {}", rule.match),
                        "correct the name; capital and small letters count, and excluded tables are not the job's");
        throw Error(ErrorKind::refused, "mapping.hidden_rule", path,
                    fmt::format("{} is matched by mapping[{}] already, and the first rule that fits is the only one",
                                taken->source.display(), rule_of(rules, taken->source) - rules.data()),
                    "move this rule before that one");
    }
    if (rules.empty()) return;
    std::map<TableName, const TablePlan*> targets;
    for (const TablePlan& plan : plans) {
        const auto [first, added] = targets.emplace(plan.target, &plan);
        if (added) continue;
        const TableMapping* rule = rule_of(rules, plan.source);
        if (rule == nullptr) rule = rule_of(rules, first->second->source);
        if (rule == nullptr) continue;  // by the databases alone: preflight says so
        throw Error(ErrorKind::refused, "mapping.same_table", fmt::format("mapping[{}]", rule - rules.data()),
                    fmt::format("{} and {} would both become {}", first->second->source.display(), plan.source.display(),
                                plan.target.display()),
                    "give each a name of its own, or exclude one of them");
    }
}

void check_row_filter(Connection& source, const std::vector<TableMapping>& rules, const TablePlan& plan) {
    if (plan.row_filter.empty()) return;
    const TableMapping* rule = rule_of(rules, plan.source);
    const std::string path = fmt::format("mapping[{}].where", rule == nullptr ? 0 : rule - rules.data());
    const auto refuse = [&](const std::string& why, const std::string& remedy) {
        throw Error(ErrorKind::refused, "mapping.bad_where", path,
                    fmt::format("is no condition on rows of {}: {}", plan.source.display(), why), remedy);
    };
    // Alone and in brackets: what is whole only one way would change the statement around it.
    for (const std::string& condition : {plan.row_filter, row_condition(plan)}) {
        try {
            const Result explained =
                source.query("EXPLAIN SELECT 1 FROM " + quote_name(plan.source) + " WHERE " + condition + "\n");
            if (explained.rows.size() != 1 || explained.rows[0].at(explained.column("select_type")) != "SIMPLE")
                refuse("it asks for more than the row itself", "use the columns of the row only, no subquery");
        } catch (const ServerError& error) {
            if (error.connection_lost() || error.kind() == ErrorKind::transient) throw;
            refuse(error.message(), "write it as it would stand behind WHERE, with the source's names of columns");
        }
    }
}

}  // namespace transload::mysql

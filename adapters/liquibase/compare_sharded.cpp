#include "adapters/liquibase/compare_sharded.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "adapters/liquibase/sql_tokens.hpp"
#include "adapters/liquibase/table_definition.hpp"
#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/sharded_target.hpp"

namespace transload::liquibase {
namespace {

constexpr unsigned no_such_table = 1146;

/// What is asked of one place.
struct Place {
    std::string name;    ///< "ds_0.orders_0", "the proxy"
    std::string table;   ///< as it is called there
    std::string create;  ///< empty: not there
};

std::string show_create(mysql::Connection& connection, const std::string& table) {
    try {
        return connection.query("SHOW CREATE TABLE " + mysql::quote_name(table)).rows.at(0).at(1).value_or("");
    } catch (const mysql::ServerError& error) {
        if (error.code() != no_such_table) throw;
        return {};
    }
}

/// The source's definition without what the target is not to have.
std::string expected(const SourceTable& source) {
    return parse_table(without_auto_increment(source.create)).text([](const DefinitionItem& item) {
        return item.kind != ItemKind::foreign_key;
    });
}

void judge(const std::string& object, const std::string& source, const std::string& source_name, const Place& place,
           const SidesOfComparison& sides, SchemaReport& report) {
    ++report.objects;
    if (place.create.empty()) {
        report.different.push_back({"schema.missing", Severity::error, object,
                                    "the sharded table is not there, as " + place.name,
                                    "retry the job's data part: the proxy makes the table when its rows are carried"});
        return;
    }
    bool renamed = false;
    const std::string target =
        under_source_name(without_auto_increment(place.create), place.table, source, source_name, &renamed);
    const Equivalence plain = compare_texts(source, target, sides);
    if (plain.identical && !renamed) {
        ++report.identical;
        return;
    }
    std::vector<std::string> reasons;
    Equivalence judged = plain;
    if (!plain.equivalent) {
        judged = compare_texts(without_inherited_charset(source), without_inherited_charset(target), sides);
        reasons.emplace_back("the proxy's copy names the character set that a column has from its table");
    }
    if (!judged.equivalent) {
        report.different.push_back({"schema.different", Severity::error, object,
                                    fmt::format("the sharded table differs as {}: the source says `{}`, there it is `{}`",
                                                place.name, judged.source_part, judged.target_part),
                                    "make the actual tables equal to the source's"});
        return;
    }
    if (renamed) reasons.emplace_back("the proxy adds the actual table's name to names of indexes and constraints");
    reasons.insert(reasons.end(), judged.reasons.begin(), judged.reasons.end());
    ++report.equivalent;
    report.different.push_back({"schema.equivalent", Severity::info, object,
                                fmt::format("sharded table, as {}: {}", place.name, fmt::join(reasons, "; ")), ""});
}

/// Sessions at the shards, one each.
class Shards {
  public:
    mysql::Connection& at(const StorageUnit& unit) {
        const auto found = sessions_.find(unit.name);
        if (found != sessions_.end()) return found->second;
        mysql::Connection fresh = mysql::connect_unit(unit, mysql::SessionProfile::general);
        fresh.execute("SET SESSION sql_quote_show_create=1");
        return sessions_.emplace(unit.name, std::move(fresh)).first->second;
    }

  private:
    std::map<std::string, mysql::Connection> sessions_;
};

}  // namespace

std::string without_inherited_charset(const std::string& create) {
    const std::vector<Token> tokens = tokenize(create);
    std::string result;
    int depth = 0;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].is('(')) ++depth;
        if (tokens[i].is(')')) --depth;
        // CHARACTER SET x COLLATE x_y: blanks stand between the words.
        if (depth == 1 && tokens[i].is_word("CHARACTER") && i + 6 < tokens.size() && tokens[i + 2].is_word("SET") &&
            tokens[i + 6].is_word("COLLATE"))
            i += 6;
        result += tokens[i].text;
    }
    return result;
}

std::string under_source_name(const std::string& actual_create, const std::string& actual_name,
                              const std::string& source_create, const std::string& source_name, bool* renamed) {
    const auto known = parse_table(source_create).items;
    const auto source_has = [&](const DefinitionItem& item) {
        return std::any_of(known.begin(), known.end(), [&](const DefinitionItem& other) {
            return other.kind == item.kind && other.name == item.name;
        });
    };
    TableDefinition table = parse_table(actual_create);
    const std::string quoted = mysql::quote_name(actual_name);
    if (const std::size_t at = table.head.find(quoted); at != std::string::npos)
        table.head.replace(at, quoted.size(), mysql::quote_name(source_name));
    const std::string suffix = "_" + actual_name;
    for (DefinitionItem& item : table.items) {
        const bool named = item.kind == ItemKind::index || item.kind == ItemKind::foreign_key || item.kind == ItemKind::check;
        if (!named || source_has(item) || !item.name.ends_with(suffix)) continue;
        const std::string old = mysql::quote_name(item.name);
        item.name.resize(item.name.size() - suffix.size());
        if (item.name.empty()) continue;
        item.text.replace(item.text.find(old), old.size(), mysql::quote_name(item.name));
        if (renamed) *renamed = true;
    }
    return table.text();
}

void compare_sharded(const SchemaJob& job, const SourceDatabase& source, const std::set<std::string>& tables,
                     SidesOfComparison sides, SchemaReport& report, RunControl& control) {
    mysql::Connection proxy = mysql::connect_logical(job.spec);
    Shards shards;
    for (const SourceTable& table : source.tables) {
        if (!tables.contains(table.name)) continue;
        control.check();
        const std::string object = source.name + "." + table.name;
        const std::string wanted = expected(table);
        const auto nodes = mysql::shard_nodes(proxy, *job.spec.sharding, table.name);
        if (nodes.empty()) {
            ++report.objects;
            report.different.push_back({"schema.missing", Severity::error, object,
                                        "the proxy has no sharding rule for the table",
                                        "retry the job's data part, which makes the rule"});
            continue;
        }
        const bool known = mysql::make_known(proxy, *job.spec.sharding, table.name);
        for (const mysql::ShardNode& node : nodes) {
            mysql::Connection& shard = shards.at(*node.unit);
            const mysql::ServerVersion& version = shard.version();
            sides.target_database = node.unit->database;
            sides.target_version = version.display();
            sides.cross_version = sides.source_version != sides.target_version;
            judge(object, wanted, table.name, {node.display(), node.table, show_create(shard, node.table)}, sides, report);
        }
        // What the proxy shows it has from the last shard asked: the same rules fit.
        judge(object, wanted, table.name,
              {"the proxy shows it", table.name, known ? show_create(proxy, table.name) : std::string()}, sides, report);
    }
}

}  // namespace transload::liquibase

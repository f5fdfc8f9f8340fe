#include "adapters/liquibase/sharded.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/liquibase/sql_tokens.hpp"

namespace transload::liquibase {
namespace {

Finding left_out(std::string object, const std::string& what, const std::string& remedy) {
    return {"schema.left_out_sharded", Severity::warning, std::move(object),
            what + " can't exist over shards and is left out", remedy};
}

}  // namespace

bool mentions(const std::string& sql, const Session& session, const std::set<std::string>& names) {
    QuoteRules rules;
    rules.ansi_quotes = session.sql_mode.find("ANSI") != std::string::npos;
    rules.backslash_escapes = session.sql_mode.find("NO_BACKSLASH_ESCAPES") == std::string::npos;
    const std::vector<Token> tokens = tokenize(sql, rules);
    return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
        return token.identifier() && names.contains(upper(token.name()));
    });
}

bool ShardedSchema::leaves_out(const std::string& child, const DefinitionItem& foreign_key) const {
    if (tables.contains(child)) return true;
    return foreign_key.referenced_database.empty() && tables.contains(foreign_key.referenced_table);
}

ShardedSchema sharded_schema(const SourceDatabase& database, const std::vector<TablePlan>& tables) {
    ShardedSchema result;
    std::set<std::string> names;
    for (const TablePlan& plan : tables)
        if (plan.sharded && plan.source.database == database.name) {
            result.tables.insert(plan.source.table);
            names.insert(upper(plan.source.table));
        }
    if (names.empty()) return result;
    // A view on a view that is left out, a procedure that calls one: until nothing more is found.
    for (bool more = true; more;) {
        more = false;
        for (const SourceView& view : database.views)
            if (!result.left_out.contains({"view", view.name}) && mentions(view.create, view.session, names)) {
                result.left_out.emplace("view", view.name);
                names.insert(upper(view.name));
                more = true;
            }
        for (const SourceProgram& program : database.programs) {
            const std::pair<std::string, std::string> object{plain_word(program.kind), program.name};
            if (result.left_out.contains(object)) continue;
            if (!result.tables.contains(program.table) && !mentions(program.create, program.session, names))
                continue;
            result.left_out.insert(object);
            // Nothing can name a trigger or an event.
            if (program.kind != ProgramKind::trigger && program.kind != ProgramKind::event)
                names.insert(upper(program.name));
            more = true;
        }
    }
    return result;
}

Findings mark_sharded(const SourceDatabase& database, const ShardedSchema& sharded, Changelog& changelog) {
    Findings findings;
    if (sharded.tables.empty()) return findings;
    std::set<std::string> made_by_proxy, left;
    for (const SourceTable& table : database.tables) {
        if (table.sequence) continue;
        const std::string object = database.name + "." + table.name;
        const TableDefinition definition = parse_table(table.create);
        for (const DefinitionItem& key : definition.of(ItemKind::foreign_key))
            if (sharded.leaves_out(table.name, key))
                findings.push_back(left_out(object, "the foreign key " + key.name + " to " + key.referenced_table,
                                            "let the application keep these rows together"));
        if (!sharded.tables.contains(table.name)) continue;
        made_by_proxy.insert(change_set_id("table", table.name));
        const auto counter = std::find_if(definition.items.begin(), definition.items.end(),
                                          [](const DefinitionItem& item) { return item.auto_increment; });
        if (counter != definition.items.end())
            findings.push_back({"schema.sharded_auto_increment", Severity::warning, object,
                                fmt::format("each shard would count {} by itself, so that new rows get numbers that "
                                            "other shards have too",
                                            counter->name),
                                "give the rule a key generator on the proxy before applications insert (ALTER SHARDING "
                                "TABLE RULE … KEY_GENERATE_STRATEGY(…)), or let them choose the numbers"});
    }
    for (const auto& [kind, name] : sharded.left_out) {
        left.insert(change_set_id(kind, name));
        findings.push_back(left_out(database.name + "." + name, "the " + kind + ", which mentions a sharded table,",
                                    "move what it does into the application"));
    }
    for (ChangeSet& change : changelog.change_sets) {
        if (made_by_proxy.contains(change.id)) {
            change.carrier = Carrier::proxy;
            change.comment = "Made by ShardingSphere-Proxy on all shards, from the sharding rule; recorded only.";
        } else if (left.contains(change.id) || change.id.starts_with("foreign-keys-over-shards:")) {
            change.carrier = Carrier::nobody;
            change.comment = "Left out: it can't exist over shards.";
        }
    }
    return findings;
}

}  // namespace transload::liquibase

#include "adapters/liquibase/mapping.hpp"

#include <algorithm>

#include "adapters/liquibase/sharded.hpp"
#include "adapters/liquibase/sql_tokens.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::liquibase {
namespace {

std::set<std::string> upper_keys(const TableMap& map) {
    std::set<std::string> names = map.left_out;
    for (const auto& [column, target] : map.columns) names.insert(column);
    return names;
}

/// Index of the first token of a trigger's body; the number of tokens when it can't be found.
std::size_t body_of(const std::vector<Token>& tokens) {
    std::vector<std::size_t> words;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].blank()) continue;
        words.push_back(i);
        const std::size_t n = words.size();
        if (n >= 3 && tokens[words[n - 3]].is_word("FOR") && tokens[words[n - 2]].is_word("EACH") &&
            tokens[words[n - 1]].is_word("ROW"))
            return i + 1;
    }
    return tokens.size();
}

QuoteRules rules_of(const Session& session) {
    QuoteRules rules;
    rules.ansi_quotes = session.sql_mode.find("ANSI") != std::string::npos;
    rules.backslash_escapes = session.sql_mode.find("NO_BACKSLASH_ESCAPES") == std::string::npos;
    return rules;
}

/// The trigger's text with the table of its head by its new name.
std::string on_table(const SourceProgram& trigger, const std::string& target) {
    const std::vector<Token> tokens = tokenize(trigger.create, rules_of(trigger.session));
    const std::size_t body = body_of(tokens);
    std::string result;
    bool after_on = false, done = false;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const bool qualifier = i + 1 < tokens.size() && tokens[i + 1].is('.');
        if (i < body && after_on && !done && tokens[i].identifier() && !qualifier &&
            upper(tokens[i].name()) == upper(trigger.table)) {
            result += mysql::quote_name(target);
            done = true;
            continue;
        }
        if (tokens[i].is_word("ON")) after_on = true;
        result += tokens[i].text;
    }
    return result;
}

/// Finds what names something that is mapped, and what names that.
class References {
  public:
    References(const std::string& database, const SchemaMapping& mapping)
        : database_(database), mapping_(mapping) {}

    /// What of the mapping the text names; empty: nothing. `table`: whose columns NEW and OLD are.
    [[nodiscard]] std::string named(const std::string& text, const Session& session,
                                    const std::string& table) const {
        if (mentions(text, session, gone_)) return "something that is left out itself";
        for (const auto& [database, tables] : mapping_.databases()) {
            if (database != database_ && !mentions(text, session, {upper(database)})) continue;
            for (const auto& [name, map] : tables) {
                const bool own = database == database_ && name == table;
                const bool told = mentions(text, session, {upper(name)});
                if (told && map.renamed())
                    return "the table " + name + ", which is " + map.target + " on the target";
                if (!told && !own) continue;
                for (const std::string& column : upper_keys(map))
                    if (mentions(text, session, {column}))
                        return "a column of the table " + name +
                               " that has another name on the target or is left out";
            }
        }
        return {};
    }
    void leave_out(const std::string& name) { gone_.insert(upper(name)); }

  private:
    const std::string& database_;
    const SchemaMapping& mapping_;
    std::set<std::string> gone_;
};

Finding reference(const std::string& object, const std::string& kind, const std::string& what) {
    return {"schema.mapped_reference", Severity::warning, object,
            "the " + kind + " names " + what + ": it is left out of the target",
            "create it there by hand, with the names that the target has"};
}

std::string body_text(const SourceProgram& trigger) {
    const std::vector<Token> tokens = tokenize(trigger.create, rules_of(trigger.session));
    std::string body;
    for (std::size_t i = body_of(tokens); i < tokens.size(); ++i) body += tokens[i].text;
    return body;
}

/// Takes out views and programs until none is left that names what is not there.
void take_out_references(SourceDatabase& database, const SchemaMapping& mapping) {
    References references(database.name, mapping);
    for (bool more = true; more;) {
        more = false;
        std::erase_if(database.views, [&](const SourceView& view) {
            const std::string what =
                references.named(view.qualified.empty() ? view.create : view.qualified, view.session, "");
            if (what.empty()) return false;
            references.leave_out(view.name);
            database.findings.push_back(reference(database.name + "." + view.name, "view", what));
            return more = true;
        });
        std::erase_if(database.programs, [&](const SourceProgram& program) {
            const bool trigger = program.kind == ProgramKind::trigger;
            const std::string what = references.named(trigger ? body_text(program) : program.create,
                                                      program.session, program.table);
            if (what.empty()) return false;
            // Nothing can name a trigger or an event.
            if (!trigger && program.kind != ProgramKind::event) references.leave_out(program.name);
            database.findings.push_back(
                reference(database.name + "." + program.name, plain_word(program.kind), what));
            return more = true;
        });
    }
}

/// Without those that are taken out the others of their table, time and event move up.
void number_triggers(SourceDatabase& database) {
    std::map<std::string, unsigned> numbers;
    for (SourceProgram& program : database.programs) {
        if (program.kind != ProgramKind::trigger) continue;
        const std::string when = program.order.substr(0, program.order.rfind(' '));
        program.order = when + " " + std::to_string(++numbers[when + " " + program.table]);
    }
}

}  // namespace

const std::string& target_table(const TablePlan& plan) {
    return plan.target.table.empty() ? plan.source.table : plan.target.table;
}

SchemaMapping::SchemaMapping(const std::vector<TablePlan>& tables) {
    for (const TablePlan& plan : tables) {
        TableMap map{plan.source.table, target_table(plan), {}, {}, {}};
        for (const Column& column : plan.columns) {
            if (column.left_out)
                map.left_out.insert(upper(column.name));
            else if (column.on_target() != column.name)
                map.columns[upper(column.name)] = column.on_target();
        }
        if (!map.renamed() && map.columns.empty() && map.left_out.empty()) continue;
        if (plan.key)
            for (const KeyPart& part : plan.key->parts)
                map.key.insert(upper(plan.columns.at(part.column).name));
        tables_[plan.source.database].emplace(plan.source.table, std::move(map));
    }
}

const TableMap* SchemaMapping::find(const std::string& database, const std::string& table) const {
    const auto tables = tables_.find(database);
    if (tables == tables_.end()) return nullptr;
    const auto found = tables->second.find(table);
    return found == tables->second.end() ? nullptr : &found->second;
}

void apply_mapping(SourceDatabase& database, const SchemaMapping& mapping) {
    if (mapping.empty()) return;
    const std::size_t programs = database.programs.size();
    take_out_references(database, mapping);
    if (database.programs.size() != programs) number_triggers(database);
    for (SourceTable& table : database.tables) {
        if (table.sequence) continue;
        const std::string mapped =
            mapped_table(table.create, database.name, table.name, mapping, database.findings);
        if (mapped == table.create) continue;
        table.create = mapped;
        table.mapped_from = table.name;
        if (const TableMap* map = mapping.find(database.name, table.name)) table.name = map->target;
    }
    std::sort(database.tables.begin(), database.tables.end(),
              [](const SourceTable& left, const SourceTable& right) {
                  return std::make_pair(!left.sequence, left.name) <
                         std::make_pair(!right.sequence, right.name);
              });
    for (SourceProgram& program : database.programs) {
        const TableMap* map = mapping.find(database.name, program.table);
        if (program.kind != ProgramKind::trigger || map == nullptr || !map->renamed()) continue;
        program.create = on_table(program, map->target);
        program.table = map->target;
        program.mapped = true;
    }
}

}  // namespace transload::liquibase

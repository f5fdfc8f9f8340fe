#include "adapters/liquibase/compare.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/liquibase/compare_sharded.hpp"
#include "adapters/liquibase/complete.hpp"
#include "adapters/liquibase/deferral.hpp"
#include "adapters/liquibase/expressions.hpp"
#include "adapters/liquibase/mapping.hpp"
#include "adapters/liquibase/normalise.hpp"
#include "adapters/liquibase/session_frame.hpp"
#include "adapters/liquibase/source_schema.hpp"
#include "adapters/liquibase/target_parser.hpp"
#include "adapters/mysql/write_gate/programs.hpp"

namespace transload::liquibase {
namespace {

struct Described {
    std::string kind;
    std::string name;
    std::string text;
    std::optional<std::string> counter;  ///< AUTO_INCREMENT of a table
    std::size_t statement = 0;           ///< of a view: how much of the text is SHOW CREATE
    std::string collation;               ///< of a view: its connection's
    std::string mapped_from;             ///< the source's name, where the text is as the job's mapping wants it
};

/// The target's words for expressions, asked only where both sides print them differently.
class Asked {
  public:
    Asked(const SidesOfComparison& sides, const Endpoint& target)
        : sides_(sides), parser_(target, sides.target_database) {}

    /// compare_texts, and between servers of different versions each expression by what the target reads.
    Equivalence compare(const Described& source, const Described& target) {
        Equivalence plain = compare_texts(source.text, target.text, sides_);
        if (plain.equivalent || !sides_.cross_version) return plain;
        if (source.kind != "view" && source.kind != "table") return plain;
        if (source.text.empty() || target.text.empty()) return plain;
        TakenApart left = take_apart(source), right = take_apart(target);
        if (left.expressions.empty() || left.expressions.size() != right.expressions.size()) return plain;
        Equivalence frame = compare_texts(left.frame, right.frame, sides_);
        if (!frame.equivalent) return plain;
        for (std::size_t i = 0; i < left.expressions.size(); ++i) {
            Expression expression = left.expressions[i];
            // As it was sent to the target.
            expression.text = localise(expression.text, sides_.source_database, sides_.names);
            if (!parser_.same(expression, right.expressions[i], target.name, target.collation)) return plain;
        }
        frame.identical = false;
        frame.reasons.push_back(
            fmt::format("{} prints an expression differently from {}, and reads both as the same",
                        sides_.target_version, sides_.source_version));
        return frame;
    }

  private:
    static TakenApart take_apart(const Described& one) {
        if (one.kind == "table") return take_apart_table(one.text);
        TakenApart result = take_apart_view(std::string_view(one.text).substr(0, one.statement));
        result.frame += one.text.substr(one.statement);
        return result;
    }

    const SidesOfComparison& sides_;
    TargetParser parser_;
};

std::string with_session(std::string text, const Session& session) {
    if (session.has_sql_mode) text += "\n-- sql_mode " + session.sql_mode;
    if (!session.character_set_client.empty()) text += "\n-- client " + session.character_set_client;
    if (!session.collation_connection.empty()) text += "\n-- connection " + session.collation_connection;
    if (!session.database_collation.empty()) text += "\n-- database " + session.database_collation;
    if (!session.time_zone.empty()) text += "\n-- time zone " + session.time_zone;
    return text;
}

/// Objects in the form that is compared. `later` names per table what pre-data leaves out; `sharded` what is on other
/// servers, or nowhere.
std::vector<Described> describe(const SourceDatabase& database, SchemaPart part,
                                const std::map<std::string, std::set<std::string>>& later,
                                const ShardedSchema& sharded = {}) {
    std::vector<Described> result;
    result.push_back(
        {"database", "", "CHARACTER SET " + database.charset + " COLLATE " + database.collation, {}, 0, {}, {}});
    for (const SourceTable& source : database.tables) {
        if (sharded.tables.contains(source.name)) continue;
        Described one{source.sequence ? "sequence" : "table", source.name, source.create, {}, 0, {}, source.mapped_from};
        if (!source.sequence) {
            one.text = without_auto_increment(source.create, &one.counter);
            if (!sharded.tables.empty()) {
                const TableDefinition table = parse_table(one.text);
                one.text = table.text([&](const DefinitionItem& item) {
                    return item.kind != ItemKind::foreign_key || !sharded.leaves_out(source.name, item);
                });
            }
            if (part == SchemaPart::pre_data) {
                const auto left_out = later.find(source.name);
                const TableDefinition table = parse_table(one.text);
                one.text = table.text([&](const DefinitionItem& item) {
                    return item.kind != ItemKind::foreign_key &&
                           !(item.kind == ItemKind::index && left_out != later.end() &&
                             left_out->second.contains(item.name));
                });
            }
        }
        result.push_back(std::move(one));
    }
    if (part == SchemaPart::pre_data) return result;
    for (const SourceView& view : database.views)
        if (!sharded.left_out.contains({"view", view.name}))
            result.push_back({"view",
                              view.name,
                              with_session(view.create, view.session),
                              {},
                              view.create.size(),
                              view.session.collation_connection,
                              {}});
    for (const SourceProgram& program : database.programs) {
        if (sharded.left_out.contains({plain_word(program.kind), program.name})) continue;
        std::string text = with_session(program.create, program.session);
        if (program.kind == ProgramKind::trigger) text += "\n-- fires " + program.order;
        result.push_back({plain_word(program.kind), program.name, std::move(text), {}, 0, {},
                          program.mapped ? program.name : std::string()});
    }
    return result;
}

SourceDatabase read(const Endpoint& endpoint, const std::string& database, const Wanted& wanted,
                    RunControl& control) {
    mysql::ConnectOptions options;
    options.database = database;
    mysql::Connection connection(endpoint, options);
    return read_database(connection, database, wanted, control);
}

/// A database that is not there holds nothing: every object is then missing, by name.
SourceDatabase read_target(const JobSpec& spec, const std::string& database, const Wanted& wanted,
                           RunControl& control) {
    constexpr unsigned unknown_database = 1049;
    try {
        return read(spec.target, database, wanted, control);
    } catch (const mysql::ServerError& error) {
        if (error.code() != unknown_database) throw;
        SourceDatabase absent;
        absent.name = database;
        return absent;
    }
}

std::map<std::string, std::set<std::string>> deferred_of(const SourceDatabase& source, const SchemaJob& job) {
    std::map<std::string, std::set<std::string>> result;
    for (const SourceTable& table : source.tables) {
        if (table.sequence) continue;
        for (const TablePlan& plan : job.tables)
            if (plan.source.database == source.name && target_table(plan) == table.name)
                result[table.name] = deferrable_indexes(parse_table(table.create), plan.key);
    }
    return result;
}

void compare_counter(const Described& source, const Described& target, const std::string& object,
                     SchemaReport& report) {
    const auto value = [](const Described& one) { return one.counter ? std::stoull(*one.counter) : 1ULL; };
    if (value(source) == value(target)) return;
    const bool behind = value(target) < value(source);
    report.different.push_back(
        {"schema.auto_increment", behind ? Severity::warning : Severity::info, object,
         fmt::format("the next AUTO_INCREMENT value is {} on the source and {} on the target", value(source),
                     value(target)),
         behind ? fmt::format("ALTER TABLE … AUTO_INCREMENT={}", value(source)) : ""});
}

void compare_objects(const std::vector<Described>& source, const std::vector<Described>& target,
                     const SidesOfComparison& sides, const Endpoint& endpoint, SchemaPart part,
                     SchemaReport& report) {
    Asked asked(sides, endpoint);
    std::map<std::pair<std::string, std::string>, const Described*> there;
    for (const Described& one : target) there[{one.kind, one.name}] = &one;
    for (const Described& one : source) {
        ++report.objects;
        const std::string object =
            one.name.empty() ? sides.source_database
                             : sides.source_database + "." + (one.mapped_from.empty() ? one.name : one.mapped_from);
        const auto found = there.find({one.kind, one.name});
        if (found == there.end()) {
            report.different.push_back({"schema.missing", Severity::error, object,
                                        "the " + one.kind + " is not on the target, or can't be read there",
                                        "see the log of the schema's application"});
            continue;
        }
        const Described& other = *found->second;
        there.erase(found);
        Equivalence equivalence = asked.compare(one, other);
        if (equivalence.equivalent && !one.mapped_from.empty()) {
            equivalence.identical = false;
            equivalence.reasons.emplace_back("names of tables and columns follow the job's mapping");
        }
        if (equivalence.identical) {
            ++report.identical;
        } else if (equivalence.equivalent) {
            ++report.equivalent;
            report.different.push_back(
                {"schema.equivalent", Severity::info, object,
                 one.kind + ": " + fmt::format("{}", fmt::join(equivalence.reasons, "; ")), ""});
        } else {
            report.different.push_back(
                {"schema.different", Severity::error, object,
                 fmt::format("the {} differs: the source says `{}`, the target says `{}`", one.kind,
                             equivalence.source_part, equivalence.target_part),
                 "compare SHOW CREATE of both and change the target"});
        }
        if (one.kind == "table" && part == SchemaPart::post_data) compare_counter(one, other, object, report);
    }
    // What the target has and the source has not matters where it changes what happens to rows.
    for (const auto& [key, one] : there)
        if (one->kind == "trigger")
            report.different.push_back(
                {"schema.extra", Severity::error, sides.target_database + "." + one->name,
                 "the target has a trigger that the source has not", "drop it on the target"});
}

SidesOfComparison make_sides(const SchemaJob& job, const DatabaseMapping& mapping,
                             const SourceDatabase& source, const SourceDatabase& target) {
    SidesOfComparison sides;
    sides.source_database = mapping.source;
    sides.target_database = mapping.target;
    sides.definers = job.spec.definers;
    for (const DatabaseMapping& one : job.spec.databases) sides.names.databases[one.source] = one.target;
    const mysql::ServerVersion &left = source.version, &right = target.version;
    sides.source_version = left.display();
    sides.target_version = right.display();
    sides.cross_version = left.mariadb != right.mariadb || left.major != right.major ||
                          left.minor != right.minor || left.patch != right.patch;
    return sides;
}

void add_names(const SourceDatabase& database, Names& names) {
    std::set<std::string>& known = names.objects[database.name];
    for (const SourceTable& table : database.tables) known.insert(table.name);
    for (const SourceView& view : database.views) known.insert(view.name);
    for (const SourceProgram& program : database.programs)
        if (program.kind == ProgramKind::function) known.insert(program.name);
}

/// The source as it is again when the way back ends.
void add_set_aside(const SchemaJob& job, SourceDatabase& source) {
    if (job.set_aside.empty()) return;
    const mysql::SetAside aside = mysql::set_aside_from(job.set_aside);
    const auto find = [&](ProgramKind kind, const std::string& name) {
        return std::find_if(source.programs.begin(), source.programs.end(), [&](const SourceProgram& program) {
            return program.kind == kind && program.name == name;
        });
    };
    for (const mysql::SetAsideTrigger& trigger : aside.triggers) {
        if (trigger.name.database != source.name || find(ProgramKind::trigger, trigger.name.table) != source.programs.end()) continue;
        SourceProgram program;
        program.kind = ProgramKind::trigger;
        program.name = trigger.name.table;
        program.create = trigger.create;
        program.session = {trigger.sql_mode, trigger.client, trigger.connection, trigger.database_collation, "", true};
        program.table = trigger.table;
        program.order = trigger.order;
        source.programs.push_back(std::move(program));
    }
    for (const mysql::SetAsideEvent& event : aside.events)
        if (const auto found = find(ProgramKind::event, event.name.table);
            event.name.database == source.name && found != source.programs.end())
            found->create = event.create;
}

}  // namespace

SchemaReport compare_schemas(const SchemaJob& job, SchemaPart part, RunControl& control) {
    SchemaReport report;
    std::vector<std::pair<SourceDatabase, SourceDatabase>> pairs;
    Names names;
    const SchemaMapping mapped(job.tables);
    for (const DatabaseMapping& mapping : job.spec.databases) {
        names.databases[mapping.source] = mapping.target;
        SourceDatabase source = read(job.spec.source, mapping.source, wanted_of(job.spec, job.tables, mapping.source), control);
        SourceDatabase target = read_target(job.spec, mapping.target, wanted_on_target(job.spec, job.tables, mapping.source), control);
        add_set_aside(job, source);
        apply_mapping(source, mapped);
        add_names(source, names);
        pairs.emplace_back(std::move(source), std::move(target));
    }
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const auto& [source, target] = pairs[i];
        SidesOfComparison sides = make_sides(job, job.spec.databases[i], source, target);
        sides.names = names;
        const auto later = deferred_of(source, job);
        const ShardedSchema sharded = sharded_schema(source, job.tables);
        compare_objects(describe(source, part, later, sharded), describe(target, part, later), sides,
                        job.spec.target, part, report);
        // The proxy makes these tables when their rows are carried.
        if (!sharded.tables.empty() && part == SchemaPart::post_data)
            compare_sharded(job, source, sharded.tables, sides, report, control);
    }
    return report;
}

void require_same_tables(const SchemaJob& job, const DatabaseMapping& mapping,
                         const std::vector<std::string>& tables, RunControl& control) {
    Wanted wanted;
    wanted.tables.insert(tables.begin(), tables.end());
    wanted.other = [](const std::string&) { return false; };
    wanted.programs = false;
    const SourceDatabase target = read(job.spec.target, mapping.target, wanted, control);
    wanted.tables.clear();
    for (const TablePlan& plan : job.tables)
        if (plan.source.database == mapping.source &&
            std::find(tables.begin(), tables.end(), target_table(plan)) != tables.end())
            wanted.tables.insert(plan.source.table);
    SourceDatabase source = read(job.spec.source, mapping.source, wanted, control);
    apply_mapping(source, SchemaMapping(job.tables));
    SidesOfComparison sides = make_sides(job, mapping, source, target);
    add_names(source, sides.names);
    const auto find = [](const SourceDatabase& database, const std::string& name) {
        const auto found = std::find_if(database.tables.begin(), database.tables.end(),
                                        [&](const SourceTable& table) { return table.name == name; });
        return found == database.tables.end() ? std::string() : without_auto_increment(found->create);
    };
    Asked asked(sides, job.spec.target);
    for (const std::string& table : tables) {
        const Equivalence result = asked.compare({"table", table, find(source, table), {}, 0, {}, {}},
                                                 {"table", table, find(target, table), {}, 0, {}, {}});
        if (!result.equivalent)
            throw Error(
                ErrorKind::refused, "target.differs", mapping.target + "." + table,
                fmt::format(
                    "the target's table is defined differently: the source says `{}`, the target says `{}`",
                    result.source_part, result.target_part),
                "make them equal, or say if_exists: drop in the job");
    }
}

}  // namespace transload::liquibase

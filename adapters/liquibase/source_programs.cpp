#include <algorithm>

#include "adapters/liquibase/source_schema.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::liquibase {
namespace {

using mysql::Connection;
using mysql::Result;

/// SHOW CREATE of one program; false when it is gone by now.
bool show(Connection& connection, const std::string& database, SourceProgram& program) {
    Result shown;
    try {
        shown =
            connection.query("SHOW CREATE " + sql_word(program.kind) + " " + mysql::quote_name(program.name));
    } catch (const mysql::ServerError& error) {
        constexpr unsigned no_such_trigger = 1360, no_such_routine = 1305, no_such_event = 1539;
        if (error.code() == no_such_trigger || error.code() == no_such_event) return false;
        if (error.code() != no_such_routine) throw;
        // The server also says so to whom it does not want to tell.
    }
    const auto field = [&](std::string_view column) { return shown.rows.at(0).at(shown.column(column)); };
    const std::string column = program.kind == ProgramKind::trigger     ? "SQL Original Statement"
                               : program.kind == ProgramKind::procedure ? "Create Procedure"
                               : program.kind == ProgramKind::function  ? "Create Function"
                               : program.kind == ProgramKind::event     ? "Create Event"
                               : program.kind == ProgramKind::package   ? "Create Package"
                                                                        : "Create Package Body";
    if (shown.rows.empty() || !field(column))
        throw Error(
            ErrorKind::failed, "schema.hidden", database + "." + program.name,
            "the definition of this " + plain_word(program.kind) + " can't be read by the migrating account",
            "grant SHOW_ROUTINE ON *.* (MySQL 8.0.20 and newer) or SELECT ON *.* to it");
    program.create = *field(column);
    Session& session = program.session;
    session.has_sql_mode = true;
    session.sql_mode = field("sql_mode").value_or("");
    session.character_set_client = field("character_set_client").value_or("");
    session.collation_connection = field("collation_connection").value_or("");
    session.database_collation = field("Database Collation").value_or("");
    if (program.kind == ProgramKind::event) session.time_zone = field("time_zone").value_or("");
    return true;
}

void read_routines(Connection& connection, SourceDatabase& into, RunControl& control) {
    const Result names = connection.query(
        "SELECT ROUTINE_NAME, ROUTINE_TYPE FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA=DATABASE()");
    std::vector<SourceProgram> found;
    for (const mysql::Row& row : names.rows) {
        SourceProgram program;
        program.name = row.at(0).value_or("");
        const std::string type = row.at(1).value_or("");
        if (type == "PROCEDURE")
            program.kind = ProgramKind::procedure;
        else if (type == "FUNCTION")
            program.kind = ProgramKind::function;
        else if (type == "PACKAGE")
            program.kind = ProgramKind::package;
        else if (type == "PACKAGE BODY")
            program.kind = ProgramKind::package_body;
        else
            into.findings.push_back({"schema.unknown_routine", Severity::warning,
                                     into.name + "." + program.name,
                                     "a routine of the unknown type " + type + " is not moved", ""});
        control.check();
        if (show(connection, into.name, program)) found.push_back(std::move(program));
    }
    const auto rank = [](const SourceProgram& program) {
        return std::make_tuple(program.kind == ProgramKind::package        ? 0
                               : program.kind == ProgramKind::package_body ? 1
                               : program.kind == ProgramKind::function     ? 2
                                                                           : 3,
                               program.name);
    };
    std::sort(found.begin(), found.end(),
              [&](const auto& left, const auto& right) { return rank(left) < rank(right); });
    into.programs.insert(into.programs.end(), found.begin(), found.end());
}

void read_triggers(Connection& connection, const Wanted& wanted, SourceDatabase& into, RunControl& control) {
    const Result names = connection.query(
        "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER FROM "
        "information_schema.TRIGGERS WHERE TRIGGER_SCHEMA=DATABASE()");
    using Rank = std::tuple<std::string, std::string, std::string, unsigned long, std::string>;
    std::vector<std::pair<Rank, SourceProgram>> found;
    for (const mysql::Row& row : names.rows) {
        SourceProgram program;
        program.kind = ProgramKind::trigger;
        program.name = row.at(0).value_or("");
        program.table = row.at(1).value_or("");
        if (!wanted.tables.contains(program.table)) continue;
        const std::string timing = row.at(2).value_or(""), event = row.at(3).value_or("");
        const unsigned long position = std::stoul(row.at(4).value_or("0"));
        program.order = timing + " " + event + " " + std::to_string(position);
        control.check();
        if (show(connection, into.name, program))
            found.emplace_back(Rank{program.table, event, timing, position, program.name},
                               std::move(program));
    }
    std::sort(found.begin(), found.end(),
              [](const auto& left, const auto& right) { return left.first < right.first; });
    for (auto& [rank, program] : found) into.programs.push_back(std::move(program));
}

void read_events(Connection& connection, SourceDatabase& into, RunControl& control) {
    const Result names = connection.query(
        "SELECT EVENT_NAME, COALESCE(EXECUTE_AT, IF(ENDS IS NULL, NULL, STARTS)) FROM "
        "information_schema.EVENTS "
        "WHERE EVENT_SCHEMA=DATABASE()");
    std::vector<SourceProgram> found;
    for (const mysql::Row& row : names.rows) {
        SourceProgram program;
        program.kind = ProgramKind::event;
        program.name = row.at(0).value_or("");
        program.created_at = row.at(1).value_or("");
        control.check();
        if (show(connection, into.name, program)) found.push_back(std::move(program));
    }
    std::sort(found.begin(), found.end(),
              [](const auto& left, const auto& right) { return left.name < right.name; });
    into.programs.insert(into.programs.end(), found.begin(), found.end());
}

}  // namespace

void read_programs(Connection& connection, const Wanted& wanted, SourceDatabase& into, RunControl& control) {
    if (wanted.programs) read_routines(connection, into, control);
    read_triggers(connection, wanted, into, control);
    if (wanted.programs) read_events(connection, into, control);
}

}  // namespace transload::liquibase

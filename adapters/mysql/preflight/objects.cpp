#include "adapters/mysql/preflight/objects.hpp"

#include <fmt/format.h>

#include "adapters/mysql/quoting.hpp"

namespace transload::mysql {
namespace {

using Kind = StoredObject::Kind;

std::string text(const Value& value) {
    return value.value_or("");
}

void read_tables(Server& server, const std::string& schema, DatabaseObjects& found) {
    const Result result = server.connection().query(fmt::format(
        "SELECT TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES WHERE TABLE_SCHEMA = {}", schema));
    for (const Row& row : result.rows) {
        if (text(row[1]) == "SEQUENCE") {
            StoredObject sequence{Kind::sequence, {found.database, text(row[0])}, "", "", "", ""};
            found.stored.push_back(std::move(sequence));
        } else if (text(row[1]) != "VIEW") {
            found.tables.insert(text(row[0]));
        }
    }
}

void read_views(Server& server, const std::string& schema, DatabaseObjects& found) {
    const Result result = server.connection().query(fmt::format(
        "SELECT TABLE_NAME, DEFINER, VIEW_DEFINITION FROM information_schema.VIEWS WHERE TABLE_SCHEMA = {}",
        schema));
    for (const Row& row : result.rows)
        found.stored.push_back(
            {Kind::view, {found.database, text(row[0])}, text(row[1]), "", text(row[2]), ""});
}

void read_triggers(Server& server, const std::string& schema, DatabaseObjects& found) {
    const Result result = server.connection().query(
        fmt::format("SELECT TRIGGER_NAME, DEFINER, EVENT_OBJECT_TABLE, EVENT_MANIPULATION "
                    "FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = {}",
                    schema));
    for (const Row& row : result.rows) {
        StoredObject trigger{
            Kind::trigger, {found.database, text(row[0])}, text(row[1]), text(row[2]), "", ""};
        trigger.fires_on_insert = text(row[3]) == "INSERT";
        found.stored.push_back(std::move(trigger));
    }
}

void read_routines(Server& server, const std::string& schema, DatabaseObjects& found) {
    const Result result = server.connection().query(
        fmt::format("SELECT ROUTINE_NAME, DEFINER, ROUTINE_TYPE, ROUTINE_DEFINITION, IS_DETERMINISTIC, "
                    "SQL_DATA_ACCESS FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = {}",
                    schema));
    for (const Row& row : result.rows) {
        const std::string type = text(row[2]);
        const Kind kind = type == "FUNCTION"    ? Kind::function
                          : type == "PROCEDURE" ? Kind::procedure
                                                : Kind::package;
        StoredObject routine{kind, {found.database, text(row[0])}, text(row[1]), "", text(row[3]), ""};
        const std::string access = text(row[5]);
        routine.unsafe_for_binlog = kind == Kind::function && text(row[4]) == "NO" && access != "NO SQL" &&
                                    access != "READS SQL DATA";
        found.stored.push_back(std::move(routine));
    }
}

void read_events(Server& server, const std::string& schema, DatabaseObjects& found) {
    const Result result = server.connection().query(
        fmt::format("SELECT EVENT_NAME, DEFINER, TIME_ZONE, STATUS FROM information_schema.EVENTS "
                    "WHERE EVENT_SCHEMA = {}",
                    schema));
    for (const Row& row : result.rows) {
        StoredObject event{Kind::event, {found.database, text(row[0])}, text(row[1]), "", "", text(row[2])};
        event.enabled = text(row[3]) == "ENABLED";
        found.stored.push_back(std::move(event));
    }
}

void read_foreign_keys(Server& server, const std::string& schema, DatabaseObjects& found) {
    const Result result = server.connection().query(
        fmt::format("SELECT CONSTRAINT_NAME, TABLE_NAME, UNIQUE_CONSTRAINT_SCHEMA, REFERENCED_TABLE_NAME, "
                    "UNIQUE_CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS "
                    "WHERE CONSTRAINT_SCHEMA = {}",
                    schema));
    for (const Row& row : result.rows)
        found.foreign_keys.push_back(
            {text(row[0]), {found.database, text(row[1])}, {text(row[2]), text(row[3])}, text(row[4])});
}

}  // namespace

std::string_view word_for(StoredObject::Kind kind) {
    switch (kind) {
        case Kind::view:
            return "view";
        case Kind::trigger:
            return "trigger";
        case Kind::procedure:
            return "procedure";
        case Kind::function:
            return "function";
        case Kind::event:
            return "event";
        case Kind::sequence:
            return "sequence";
        case Kind::package:
            return "package";
    }
    return "object";
}

DatabaseObjects read_objects(Server& server, const std::string& database) {
    DatabaseObjects found;
    found.database = database;
    const std::string schema = quote_text(database);
    read_tables(server, schema, found);
    read_views(server, schema, found);
    read_triggers(server, schema, found);
    read_routines(server, schema, found);
    read_events(server, schema, found);
    read_foreign_keys(server, schema, found);
    return found;
}

}  // namespace transload::mysql

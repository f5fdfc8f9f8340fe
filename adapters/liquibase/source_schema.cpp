#include "adapters/liquibase/source_schema.hpp"

namespace transload::liquibase {

std::string sql_word(ProgramKind kind) {
    switch (kind) {
        case ProgramKind::procedure:
            return "PROCEDURE";
        case ProgramKind::function:
            return "FUNCTION";
        case ProgramKind::package:
            return "PACKAGE";
        case ProgramKind::package_body:
            return "PACKAGE BODY";
        case ProgramKind::trigger:
            return "TRIGGER";
        case ProgramKind::event:
            return "EVENT";
    }
    return {};
}

std::string plain_word(ProgramKind kind) {
    switch (kind) {
        case ProgramKind::procedure:
            return "procedure";
        case ProgramKind::function:
            return "function";
        case ProgramKind::package:
            return "package";
        case ProgramKind::package_body:
            return "package-body";
        case ProgramKind::trigger:
            return "trigger";
        case ProgramKind::event:
            return "event";
    }
    return {};
}

SourceDatabase read_database(mysql::Connection& connection, const std::string& database, const Wanted& wanted,
                             RunControl& control) {
    SourceDatabase result;
    result.name = database;
    result.version = connection.version();
    connection.execute("SET SESSION sql_mode='', sql_quote_show_create=1, time_zone='+00:00'");
    const mysql::Result defaults = connection.query(
        "SELECT @@character_set_database, @@collation_database, (SELECT IS_DEFAULT FROM "
        "information_schema.COLLATIONS WHERE COLLATION_NAME=@@collation_database LIMIT 1)");
    result.charset = defaults.rows.at(0).at(0).value_or("");
    result.collation = defaults.rows.at(0).at(1).value_or("");
    result.default_collation = defaults.rows.at(0).at(2).value_or("") == "Yes";
    read_tables(connection, wanted, result, control);
    read_views(connection, wanted, result, control);
    read_programs(connection, wanted, result, control);
    return result;
}

}  // namespace transload::liquibase

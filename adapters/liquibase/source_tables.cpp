#include <algorithm>

#include "adapters/liquibase/source_schema.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::liquibase {
namespace {

constexpr unsigned kNoSuchTable = 1146;

}  // namespace

void read_tables(mysql::Connection& connection, const Wanted& wanted, SourceDatabase& into,
                 RunControl& control) {
    const mysql::Result names = connection.query(
        "SELECT TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() AND "
        "TABLE_TYPE "
        "NOT IN ('VIEW','SYSTEM VIEW','TEMPORARY')");
    for (const mysql::Row& row : names.rows) {
        const std::string name = row.at(0).value_or("");
        const bool sequence = row.at(1).value_or("") == "SEQUENCE";
        if (sequence ? !wanted.other(name) : !wanted.tables.contains(name)) continue;
        control.check();
        try {
            const mysql::Result shown = connection.query("SHOW CREATE TABLE " + mysql::quote_name(name));
            into.tables.push_back({name, shown.rows.at(0).at(1).value_or(""), sequence, {}});
        } catch (const mysql::ServerError& error) {
            if (error.code() != kNoSuchTable) throw;
        }
    }
    // Byte order, not the server's: the same file whatever its collation.
    std::sort(into.tables.begin(), into.tables.end(), [](const SourceTable& left, const SourceTable& right) {
        return std::make_pair(!left.sequence, left.name) < std::make_pair(!right.sequence, right.name);
    });
}

}  // namespace transload::liquibase

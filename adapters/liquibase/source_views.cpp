#include <algorithm>

#include "adapters/liquibase/source_schema.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::liquibase {

void read_views(mysql::Connection& connection, const Wanted& wanted, SourceDatabase& into,
                RunControl& control) {
    const mysql::Result names = connection.query(
        "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() AND "
        "TABLE_TYPE='VIEW'");
    for (const mysql::Row& row : names.rows) {
        const std::string name = row.at(0).value_or("");
        if (!wanted.other(name)) continue;
        control.check();
        const std::string object = into.name + "." + name;
        mysql::Result shown;
        try {
            shown = connection.query("SHOW CREATE VIEW " + mysql::quote_name(name));
        } catch (const mysql::ServerError& error) {
            if (error.kind() != ErrorKind::failed) throw;
            if (wanted.tolerate_broken) continue;
            throw Error(ErrorKind::failed, "schema.hidden", object,
                        "the view's definition can't be read: " + error.message(),
                        "grant SHOW VIEW and SELECT on it to the migrating account, or exclude the view");
        }
        for (const std::string& warning : connection.warnings())
            if (!wanted.tolerate_broken && warning.find(" 1356 ") != std::string::npos)
                throw Error(
                    ErrorKind::failed, "schema.view_broken", object,
                    "the view refers to a table, column or function that does not exist, or its definer may "
                    "not use it",
                    "repair the view on the source, drop it, or leave it out with --exclude '" + object +
                        "'");
        const mysql::Row& row_shown = shown.rows.at(0);
        SourceView view;
        view.name = name;
        view.create = row_shown.at(1).value_or("");
        view.session.character_set_client = row_shown.at(2).value_or("");
        view.session.collation_connection = row_shown.at(3).value_or("");
        into.views.push_back(std::move(view));
    }
    if (into.views.empty()) return;
    // From another default database the server qualifies every name.
    connection.execute("USE information_schema");
    for (SourceView& view : into.views)
        view.qualified =
            connection.query("SHOW CREATE VIEW " + mysql::quote_name(TableName{into.name, view.name}))
                .rows.at(0)
                .at(1)
                .value_or("");
    connection.execute("USE " + mysql::quote_name(into.name));
    std::sort(into.views.begin(), into.views.end(),
              [](const SourceView& left, const SourceView& right) { return left.name < right.name; });
}

}  // namespace transload::liquibase

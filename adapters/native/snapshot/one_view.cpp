#include "adapters/native/snapshot/one_view.hpp"

#include <set>

#include "adapters/mysql/quoting.hpp"

namespace transload::native {

std::vector<bool> tables_that_need_one_view(const DataJob& job, mysql::Connection& source, mysql::Connection& target) {
    std::set<TableName> cascading;  // names on the source
    std::set<std::pair<TableName, std::string>> unique;  // names on the target
    for (const DatabaseMapping& database : job.spec.databases) {
        for (const mysql::Row& row :
             source
                 .query("SELECT table_name FROM information_schema.referential_constraints WHERE constraint_schema = " +
                        mysql::quote_text(database.source) +
                        " AND (delete_rule NOT IN ('RESTRICT', 'NO ACTION') OR update_rule NOT IN ('RESTRICT', 'NO ACTION'))")
                 .rows)
            cascading.insert({database.source, row.at(0).value_or("")});
        for (const mysql::Row& row :
             target
                 .query("SELECT DISTINCT table_name, index_name FROM information_schema.statistics WHERE non_unique = 0 AND "
                        "table_schema = " +
                        mysql::quote_text(database.target))
                 .rows)
            unique.insert({{database.target, row.at(0).value_or("")}, row.at(1).value_or("")});
    }
    std::vector<bool> result;
    for (const TablePlan& plan : job.tables) {
        bool needs = cascading.contains(plan.source);
        for (const auto& [table, index] : unique)
            needs = needs || (table == plan.target && (!plan.key || index != plan.key->index_name));
        result.push_back(needs);
    }
    return result;
}

}  // namespace transload::native

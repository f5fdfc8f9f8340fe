#include "adapters/mysql/deferred_indexes.hpp"

#include <strings.h>

#include <algorithm>

#include "adapters/mysql/quoting.hpp"

namespace transload::mysql {
namespace {

/// ALTERs of one table, in order.
std::vector<std::string> group_clauses(const DeferredIndexes& deferred, const std::vector<std::string>& present) {
    const auto is_present = [&](const std::string& name) {
        return std::any_of(present.begin(), present.end(), [&](const std::string& other) {
            return strcasecmp(other.c_str(), name.c_str()) == 0;
        });
    };
    std::vector<std::string> alters;
    std::vector<std::string> later;
    std::string first;
    bool has_fulltext = false;
    for (std::size_t i = 0; i < deferred.names.size(); ++i) {
        if (is_present(deferred.names[i])) continue;
        const std::string& clause = deferred.clauses[i];
        // InnoDB builds one FULLTEXT index per ALTER in place; with two it would copy the table row by row.
        const bool fulltext = strncasecmp(clause.c_str(), "ADD FULLTEXT", 12) == 0;
        if (fulltext && has_fulltext) {
            later.push_back(clause);
            continue;
        }
        has_fulltext = has_fulltext || fulltext;
        if (!first.empty()) first += ", ";
        first += clause;
    }
    if (!first.empty()) alters.push_back(first);
    alters.insert(alters.end(), later.begin(), later.end());
    return alters;
}

}  // namespace

void keep_values_in_alter(Connection& connection) {
    connection.execute("SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'");
}

void prepare_for_indexing(Connection& target) {
    target.execute("SET SESSION foreign_key_checks = 0, unique_checks = 0");
    keep_values_in_alter(target);
    // Sorting in more memory saves merge passes; only newer servers let a session choose.
    if (!target.version().mariadb && target.version().at_least(8, 0, 27))
        target.execute("SET SESSION innodb_ddl_buffer_size = 67108864");
}

std::vector<std::string> missing_indexes(Connection& target, const TableName& actual, const DeferredIndexes& deferred) {
    std::vector<std::string> present;
    for (const Row& row : target
                              .query("SELECT DISTINCT index_name FROM information_schema.statistics WHERE table_schema = " +
                                     quote_text(actual.database) + " AND table_name = " + quote_text(actual.table))
                              .rows)
        present.push_back(row.at(0).value_or(""));
    return group_clauses(deferred, present);
}

void add_indexes(Connection& target, const TableName& actual, const std::string& clauses) {
    constexpr unsigned duplicate_key_name = 1061;
    try {
        target.execute("ALTER TABLE " + quote_name(actual) + " " + clauses);
    } catch (const ServerError& error) {
        if (error.code() != duplicate_key_name) throw;
        throw Error(ErrorKind::transient, "mysql.index_appeared", actual.display(),
                    "an index that was about to be built is there already: " + error.message(),
                    "retry; the indexes that are there are not built again");
    }
}

}  // namespace transload::mysql

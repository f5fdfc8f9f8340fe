#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/binlog/sql_words.hpp"
#include "orchestrator/plan/table_plan.hpp"

namespace transload::mysql::binlog {

/// What kind of statement a QUERY event holds, and which tables it is about.
struct StatementFacts {
    enum class Kind {
        begin, commit, rollback, savepoint, rollback_to,
        xa_start, xa_end, xa_commit, xa_rollback,
        alter_table,    ///< also RENAME, CREATE INDEX, DROP INDEX; tables: all that it names
        drop_table,
        truncate,
        create_table,   ///< a base table that is not temporary; tables: its name
        drop_database,  ///< tables: one with an empty table name
        dml,            ///< rows are changed by the statement itself; tables: every name that could be a table's
        other,          ///< nothing that concerns tables' rows or definitions
    };
    Kind kind = Kind::other;
    std::vector<TableName> tables;  ///< without a database in the text: the default one
    std::vector<TableName> made;    ///< names that did not exist before: CREATE TABLE, RENAME … TO
    std::string savepoint;  ///< or the XA id
    bool if_not_exists = false;
    bool opens_transaction = false;  ///< CREATE TABLE … START TRANSACTION: its rows follow
};

/// Conservative: what could be about a table counts as being about it. Never throws.
[[nodiscard]] StatementFacts statement_facts(std::string_view sql, std::string_view default_database, SqlModes modes);

}  // namespace transload::mysql::binlog

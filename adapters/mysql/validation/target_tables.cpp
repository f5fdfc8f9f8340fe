#include "adapters/mysql/validation/target_tables.hpp"

#include <algorithm>
#include <set>

#include "adapters/mysql/quoting.hpp"

namespace transload::mysql::validation {
namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

class Reader {
  public:
    Reader(Connection& connection, const std::vector<TablePlan>& plans)
        : connection_(connection), any_case_(connection.scalar("SELECT @@GLOBAL.lower_case_table_names") != "0") {
        for (const TablePlan& plan : plans) {
            databases_.insert(plan.target.database);
            wanted_.emplace(key(plan.target.database, plan.target.table), plan.target.display());
        }
    }

    TargetTables read() {
        for (const std::string& database : databases_) {
            read_columns(database);
            read_indexes(database);
            read_triggers(database);
        }
        return std::move(tables_);
    }

  private:
    [[nodiscard]] std::string key(const std::string& database, const std::string& table) const {
        const std::string name = database + '\0' + table;
        return any_case_ ? lower(name) : name;
    }

    /// The place for a table that some plan wants; null for others and for those without columns (views…).
    TargetTable* find(const std::string& database, const Value& table, bool create) {
        const auto wanted = wanted_.find(key(database, table.value_or("")));
        if (wanted == wanted_.end()) return nullptr;
        if (create) return &tables_[wanted->second];
        const auto found = tables_.find(wanted->second);
        return found == tables_.end() ? nullptr : &found->second;
    }

    void read_columns(const std::string& database) {
        const Result result = connection_.query(
            "SELECT c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE, c.COLUMN_TYPE, c.CHARACTER_SET_NAME, c.COLLATION_NAME, "
            "c.IS_NULLABLE, c.EXTRA FROM information_schema.COLUMNS c JOIN information_schema.TABLES t ON "
            "t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME WHERE c.TABLE_SCHEMA = " +
            quote_text(database) + " AND t.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') "
            "ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION");
        for (const Row& row : result.rows) {
            TargetTable* table = find(database, row[0], true);
            if (!table) continue;
            const std::string extra = row[7].value_or("");
            Column column;
            column.name = row[1].value_or("");
            column.data_type = row[2].value_or("");
            column.column_type = row[3].value_or("");
            column.charset = row[4].value_or("");
            column.collation = row[5].value_or("");
            column.nullable = row[6] == "YES";
            column.is_unsigned = contains(column.column_type, "unsigned");
            column.generated = contains(extra, "VIRTUAL GENERATED") || contains(extra, "STORED GENERATED") ||
                               contains(extra, "PERSISTENT");
            column.invisible = contains(extra, "INVISIBLE");
            table->columns.push_back(std::move(column));
        }
    }

    void read_indexes(const std::string& database) {
        const Result result = connection_.query(
            "SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS "
            "WHERE TABLE_SCHEMA = " + quote_text(database) + " ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX");
        std::set<std::pair<std::string, std::string>> partial;
        for (const Row& row : result.rows) {
            TargetTable* table = find(database, row[0], false);
            if (!table) continue;
            const std::string name = row[1].value_or("");
            if (table->indexes.empty() || table->indexes.back() != name) table->indexes.push_back(name);
            if (row[2] != "0") continue;
            if (table->unique_indexes.empty() || table->unique_indexes.back().name != name)
                table->unique_indexes.push_back({name, {}});
            table->unique_indexes.back().columns.push_back(row[3].value_or(""));
            // Prefix and functional parts: equality of whole columns does not find their conflicts.
            if (!row[3] || row[4]) partial.emplace(row[0].value_or(""), name);
        }
        for (const auto& [table_name, index] : partial)
            if (TargetTable* table = find(database, table_name, false))
                std::erase_if(table->unique_indexes, [&](const IndexColumns& unique) { return unique.name == index; });
    }

    void read_triggers(const std::string& database) {
        const Result result = connection_.query(
            "SELECT DISTINCT EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = " +
            quote_text(database));
        for (const Row& row : result.rows)
            if (TargetTable* table = find(database, row[0], false)) table->has_triggers = true;
    }

    Connection& connection_;
    bool any_case_;
    std::set<std::string> databases_;
    std::unordered_map<std::string, std::string> wanted_;
    TargetTables tables_;
};

}  // namespace

TargetTables read_target_tables(Connection& connection, const std::vector<TablePlan>& plans) {
    return Reader(connection, plans).read();
}

}  // namespace transload::mysql::validation

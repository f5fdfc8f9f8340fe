#include "adapters/mysql/catalog.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/definition_digest.hpp"
#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/row_key_choice.hpp"
#include "adapters/mysql/table_mapping.hpp"
#include "orchestrator/plan/selection.hpp"

namespace transload::mysql {
namespace {

constexpr unsigned no_such_table = 1146;

std::string text(const Value& value) {
    return value.value_or("");
}

std::uint64_t number(const Value& value) {
    return value && !value->empty() ? std::stoull(*value) : 0;
}

bool contains(std::string_view haystack, std::string_view needle) {
    return haystack.find(needle) != std::string_view::npos;
}

/// Plans of one database, and where each table's plan is. One query for each kind of thing, whatever the
/// number of tables: MariaDB and MySQL 5.7 look into one directory only when the schema is named with `=`.
class DatabasePlanner {
  public:
    DatabasePlanner(Connection& connection, const JobSpec& spec, const DatabaseMapping& mapping)
        : connection_(connection), spec_(spec), mapping_(mapping), schema_(quote_text(mapping.source)) {}

    std::vector<TablePlan> plan(RunControl& control) {
        read_tables();
        if (plans_.empty()) return {};
        control.check();
        read_columns();
        if (connection_.version().mariadb) read_json_columns();
        control.check();
        read_keys();
        read_definitions(control);
        for (TablePlan& plan : plans_) {
            apply_mapping(spec_.mappings, plan);
            check_row_filter(connection_, spec_.mappings, plan);
        }
        return std::move(plans_);
    }

  private:
    TablePlan* find(const Value& table) {
        const auto found = place_.find(text(table));
        return found == place_.end() ? nullptr : &plans_[found->second];
    }

    void read_tables() {
        // SEQUENCE (MariaDB) and SYSTEM VIEW are no tables to copy; SYSTEM VERSIONED ones are.
        const Result result =
            connection_.query(fmt::format("SELECT TABLE_NAME, ENGINE, TABLE_ROWS, AVG_ROW_LENGTH, "
                                          "DATA_LENGTH, INDEX_LENGTH, CREATE_OPTIONS "
                                          "FROM information_schema.TABLES WHERE TABLE_SCHEMA = {} "
                                          "AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')",
                                          schema_));
        for (const Row& row : result.rows) {
            const std::string name = text(row[0]);
            if (!selects(spec_.tables, mapping_.source, name)) continue;
            TablePlan plan;
            plan.source = {mapping_.source, name};
            plan.target = {mapping_.target, name};
            plan.storage_engine = text(row[1]);
            plan.estimated_rows = number(row[2]);
            plan.average_row_bytes = number(row[3]);
            plan.data_bytes = number(row[4]);
            plan.index_bytes = number(row[5]);
            plan.partitioned = contains(text(row[6]), "partitioned");
            plans_.push_back(std::move(plan));
        }
        std::sort(plans_.begin(), plans_.end(),
                  [](const TablePlan& a, const TablePlan& b) { return a.source < b.source; });
        for (std::size_t i = 0; i < plans_.size(); ++i) place_.emplace(plans_[i].source.table, i);
    }

    void read_columns() {
        const Result result = connection_.query(fmt::format(
            "SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_SET_NAME, COLLATION_NAME, "
            "IS_NULLABLE, EXTRA FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = {} "
            "ORDER BY TABLE_NAME, ORDINAL_POSITION",
            schema_));
        for (const Row& row : result.rows) {
            TablePlan* plan = find(row[0]);
            if (!plan) continue;
            const std::string extra = text(row[7]);
            Column column;
            column.name = text(row[1]);
            column.data_type = text(row[2]);
            column.column_type = text(row[3]);
            column.charset = text(row[4]);
            column.collation = text(row[5]);
            column.nullable = text(row[6]) == "YES";
            column.is_unsigned = is_unsigned(column);
            // "DEFAULT_GENERATED" is only a default by expression.
            column.generated = contains(extra, "VIRTUAL GENERATED") || contains(extra, "STORED GENERATED") ||
                               contains(extra, "PERSISTENT");
            column.invisible = contains(extra, "INVISIBLE");
            column.auto_increment = contains(extra, "auto_increment");
            plan->columns.push_back(std::move(column));
        }
    }

    static bool is_unsigned(const Column& column) {
        // An ENUM or SET may have a member of that name.
        return column.data_type != "enum" && column.data_type != "set" &&
               contains(column.column_type, "unsigned");
    }

    /// MariaDB's JSON is LONGTEXT with this very CHECK; the server itself recognises it in the same way.
    void read_json_columns() {
        const Result result = connection_.query(fmt::format(
            "SELECT TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS "
            "WHERE CONSTRAINT_SCHEMA = {} AND LEVEL = 'Column'",
            schema_));
        for (const Row& row : result.rows) {
            TablePlan* plan = find(row[0]);
            if (!plan || text(row[2]) != "json_valid(" + quote_name(text(row[1])) + ")") continue;
            for (Column& column : plan->columns)
                if (column.name == text(row[1]) && column.data_type == "longtext") column.json_text = true;
        }
    }

    [[nodiscard]] std::string visibility_column() const {
        const ServerVersion& version = connection_.version();
        if (version.mariadb) return version.at_least(10, 6) ? "IF(IGNORED = 'YES', 'NO', 'YES')" : "'YES'";
        return version.at_least(8, 0) ? "IS_VISIBLE" : "'YES'";
    }

    void read_keys() {
        const Result result = connection_.query(
            fmt::format("SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME, COLLATION, SUB_PART, INDEX_TYPE, {} "
                        "FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = {} AND NON_UNIQUE = 0 "
                        "ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX",
                        visibility_column(), schema_));
        std::unordered_map<std::string, std::vector<UniqueIndex>> by_table;
        for (const Row& row : result.rows) {
            std::vector<UniqueIndex>& indexes = by_table[text(row[0])];
            if (indexes.empty() || indexes.back().name != text(row[1])) {
                UniqueIndex index;
                index.name = text(row[1]);
                index.hash = text(row[5]) == "HASH";
                index.visible = text(row[6]) != "NO";
                indexes.push_back(std::move(index));
            }
            // A functional part has no column name.
            indexes.back().parts.push_back({text(row[2]), text(row[3]) == "D", row[4].has_value()});
        }
        for (TablePlan& plan : plans_)
            if (const auto indexes = by_table.find(plan.source.table); indexes != by_table.end())
                plan.key = choose_row_key(plan.columns, indexes->second);
    }

    /// The one statement per table that nothing set-oriented can replace.
    void read_definitions(RunControl& control) {
        std::vector<TablePlan> readable;
        readable.reserve(plans_.size());
        for (std::size_t i = 0; i < plans_.size(); ++i) {
            if (i % 100 == 0) control.check();
            try {
                const Result result = connection_.query("SHOW CREATE TABLE " + quote_name(plans_[i].source));
                plans_[i].definition_digest = definition_digest(text(result.rows.at(0).at(1)));
            } catch (const ServerError& error) {
                if (error.connection_lost()) throw;
                if (error.code() == no_such_table) continue;  // dropped since the list was read
                // Broken or not readable with these rights: preflight says what is wrong with it.
            }
            readable.push_back(std::move(plans_[i]));
        }
        plans_ = std::move(readable);
    }

    Connection& connection_;
    const JobSpec& spec_;
    const DatabaseMapping& mapping_;
    std::string schema_;
    std::vector<TablePlan> plans_;
    std::unordered_map<std::string, std::size_t> place_;
};

void require_databases(Connection& connection, const JobSpec& spec) {
    const bool any_case = connection.scalar("SELECT @@GLOBAL.lower_case_table_names") != "0";
    const Result result =
        connection.query("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA ORDER BY SCHEMA_NAME");
    for (const DatabaseMapping& mapping : spec.databases) {
        const bool exists = std::any_of(result.rows.begin(), result.rows.end(), [&](const Row& row) {
            return text(row[0]) == mapping.source ||
                   (any_case && strcasecmp(text(row[0]).c_str(), mapping.source.c_str()) == 0);
        });
        if (exists) continue;
        std::string known;
        for (const Row& row : result.rows) known += (known.empty() ? "" : ", ") + text(row[0]);
        throw Error(ErrorKind::refused, "source.no_such_database", mapping.source,
                    fmt::format("{} has no database {} that this account can see",
                                connection.endpoint().label(), mapping.source),
                    "choose one of: " + known);
    }
}

}  // namespace

std::vector<TablePlan> MysqlCatalog::plan_tables(const JobSpec& spec, RunControl& control) {
    Connection connection(spec.source);
    require_databases(connection, spec);
    // Statistics as they are now. Cached ones may be a day old, and filling the cache would write on the
    // source.
    if (!connection.version().mariadb && connection.version().at_least(8, 0))
        connection.execute("SET SESSION information_schema_stats_expiry = 0");
    std::vector<TablePlan> plans;
    for (const DatabaseMapping& mapping : spec.databases) {
        control.check();
        std::vector<TablePlan> found = DatabasePlanner(connection, spec, mapping).plan(control);
        std::move(found.begin(), found.end(), std::back_inserter(plans));
    }
    std::sort(plans.begin(), plans.end(),
              [](const TablePlan& a, const TablePlan& b) { return a.source < b.source; });
    check_mapping(spec.mappings, plans);
    return plans;
}

}  // namespace transload::mysql

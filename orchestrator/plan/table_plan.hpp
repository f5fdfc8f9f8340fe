#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/plan/job_spec.hpp"

namespace transload {

struct TableName {
    std::string database;
    std::string table;
    /// "database.table" for messages and reports; not SQL.
    [[nodiscard]] std::string display() const { return database + "." + table; }
    friend bool operator==(const TableName&, const TableName&) = default;
    friend auto operator<=>(const TableName&, const TableName&) = default;
};

/// One column as information_schema describes it on the source.
struct Column {
    std::string name;
    std::string target_name;  ///< on the target; empty: the same
    bool left_out = false;    ///< the target does not have it
    std::string data_type;    ///< lower case, without arguments: "varchar", "bigint", "geomcollection"
    std::string column_type;  ///< with arguments: "enum('a','b')", "bigint(20) unsigned"
    std::string charset;      ///< empty for types without one
    std::string collation;
    bool nullable = true;
    bool is_unsigned = false;
    bool generated = false;  ///< virtual or stored: never written, compared afterwards
    bool invisible = false;
    bool auto_increment = false;
    bool json_text = false;  ///< MariaDB: a LONGTEXT that is called JSON
    [[nodiscard]] const std::string& on_target() const { return target_name.empty() ? name : target_name; }
};

struct KeyPart {
    std::size_t column = 0;  ///< index into TablePlan::columns
    bool descending = false;
};

/// A key that identifies rows and cuts the table into chunks: all parts NOT NULL, whole columns, unique.
struct RowKey {
    std::string index_name;  ///< "PRIMARY" or the unique index
    std::vector<KeyPart> parts;
};

/// What happens to one table.
struct TablePlan {
    TableName source;
    TableName target;
    EngineChoice engine = EngineChoice::native;
    std::vector<Column> columns;  ///< all of them, in ordinal order
    std::optional<RowKey> key;    ///< none: one chunk; rows match as a whole
    std::string storage_engine;   ///< "InnoDB", …
    std::string row_filter;       ///< SQL condition on the source's columns; empty: all rows
    bool sharded = false;  ///< a ShardingRule spreads it over several units
    bool partitioned = false;
    std::uint64_t estimated_rows = 0;  ///< the server's statistics, for order and ETA only
    std::uint64_t data_bytes = 0;
    std::uint64_t index_bytes = 0;
    std::uint64_t average_row_bytes = 0;
    /// SHA-256 of the source's SHOW CREATE TABLE without its AUTO_INCREMENT value, hex: a resumed job notices
    /// that the table is not the one that it began with.
    std::string definition_digest;
};

}  // namespace transload

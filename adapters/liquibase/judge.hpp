#pragma once
#include <map>
#include <string>

#include "adapters/liquibase/source_schema.hpp"
#include "adapters/liquibase/table_definition.hpp"

/// Which of Liquibase's generated changes may stay: only those of which it can be shown that they give the
/// table that the server describes.
namespace transload::liquibase {

/// Generated createTable changes by table name, as XML.
using GeneratedTables = std::map<std::string, std::string>;

/// Reads what `generate-changelog` wrote. An unreadable file gives none.
[[nodiscard]] GeneratedTables read_generated(const std::string& file);

/// The change to keep, in the form that goes into the file (AUTO_INCREMENT start added); empty when it does
/// not provably reproduce `wanted`, the CREATE TABLE that pre-data is to give.
[[nodiscard]] std::string kept_change(const std::string& generated, const std::string& wanted,
                                      const SourceDatabase& database);

/// What MySQL would show of the table that the change creates, with integer display widths left out; empty
/// when the change says anything that the model does not know. Parts: head and items; the options are judged
/// apart.
[[nodiscard]] std::string predicted_table(const std::string& generated);

}  // namespace transload::liquibase

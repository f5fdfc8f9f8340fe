#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/plan/table_plan.hpp"

/// What matters of a column's type when its values travel: row_codec and key_range decide by it.
namespace transload::mysql {

enum class ColumnKind {
    integer,      ///< tinyint … bigint, year
    decimal,      ///< exact text
    real,         ///< float, double: only an expression delivers all digits
    bit,          ///< raw bytes
    temporal,     ///< date, time, datetime, timestamp: text, session time zone +00:00
    enumeration,  ///< by number: '' and index 0 read alike as text
    set,          ///< by number
    text,         ///< bytes in the column's own character set
    binary,       ///< bytes: binary, blob, geometry, vector
    json,         ///< utf8mb4 text that LOAD DATA refuses in binary clothes
    native_text,  ///< MariaDB's uuid, inet4, inet6: stored binary, read and written as ASCII text
};

/// Throws Error{failed, "column.unknown_type"} for a type that nobody taught us: guessing could change values.
[[nodiscard]] ColumnKind column_kind(const Column& column);

/// Member names of an ENUM or SET column, from its column_type.
[[nodiscard]] std::vector<std::string> member_names(const Column& column);

}  // namespace transload::mysql

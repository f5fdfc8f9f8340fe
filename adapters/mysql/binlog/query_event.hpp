#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/mysql/binlog/sql_words.hpp"

namespace transload::mysql::binlog {

/// A QUERY, QUERY_COMPRESSED or EXECUTE_LOAD_QUERY event.
struct QueryEvent {
    std::string_view database;  ///< the default one
    std::string sql;
    SqlModes modes;
    std::string session;  ///< SET statement that makes a session like the writer's; may be empty
};

enum class QueryForm { plain, compressed, load };

/// `body`: behind the header, without checksum. Throws Malformed.
[[nodiscard]] QueryEvent read_query(std::string_view body, QueryForm form);

}  // namespace transload::mysql::binlog

#include "adapters/mysql/binlog/query_event.hpp"

#include <fmt/format.h>

#include <optional>

#include "adapters/mysql/binlog/byte_reader.hpp"
#include "adapters/mysql/binlog/compressed.hpp"

namespace transload::mysql::binlog {
namespace {

constexpr std::uint64_t ansi_quotes = 0x4, no_backslash_escapes = 0x100000;

struct Variables {
    std::optional<std::uint64_t> sql_mode;
    std::uint16_t client = 0, connection = 0, server = 0;  ///< collations; 0: not said
};

/// Reads up to what it looks for: the variables stand in the order of their codes.
Variables read_variables(std::string_view bytes) {
    enum : std::uint8_t { flags2 = 0, sql_mode = 1, catalog = 2, auto_increment = 3, charset = 4, catalog_nz = 6 };
    Variables variables;
    ByteReader reader(bytes);
    while (!reader.empty()) {
        switch (reader.u8()) {
            case flags2: reader.skip(4); break;
            case sql_mode: variables.sql_mode = reader.u64(); break;
            case catalog: reader.skip(reader.u8() + 1U); break;
            case auto_increment: reader.skip(4); break;
            case catalog_nz: reader.skip(reader.u8()); break;
            case charset:
                variables.client = reader.u16();
                variables.connection = reader.u16();
                variables.server = reader.u16();
                return variables;
            default: return variables;
        }
    }
    return variables;
}

}  // namespace

QueryEvent read_query(std::string_view body, QueryForm form) {
    constexpr std::size_t load_header = 13;  // file id, places of the file's name in the text, duplicates
    ByteReader reader(body);
    reader.skip(4 + 4);  // session, seconds that it took
    const std::size_t database_size = reader.u8();
    reader.skip(2);  // error code
    const std::size_t variables_size = reader.u16();
    if (form == QueryForm::load) reader.skip(load_header);
    const Variables variables = read_variables(reader.bytes(variables_size));
    QueryEvent query;
    query.database = reader.bytes(database_size);
    reader.skip(1);
    query.sql = form == QueryForm::compressed ? inflate_event(reader.rest()) : std::string(reader.rest());
    const std::uint64_t mode = variables.sql_mode.value_or(0);
    query.modes = {(mode & ansi_quotes) != 0, (mode & no_backslash_escapes) != 0};
    if (variables.sql_mode) {
        query.session = fmt::format("SET SESSION sql_mode = {}", mode);
        if (variables.client != 0)
            query.session += fmt::format(", SESSION character_set_client = {}, SESSION collation_connection = {}, "
                                         "SESSION collation_server = {}",
                                         variables.client, variables.connection, variables.server);
    }
    return query;
}

}  // namespace transload::mysql::binlog

#pragma once
#include <cstdint>
#include <string_view>

#include "adapters/mysql/binlog/byte_reader.hpp"

/// What one event of a log looks like from outside.
namespace transload::mysql::binlog {

enum class EventType : std::uint8_t {
    query = 2,
    stop = 3,
    rotate = 4,
    intvar = 5,
    append_block = 9,
    delete_file = 11,
    rand = 13,
    user_var = 14,
    format_description = 15,
    xid = 16,
    begin_load_query = 17,
    execute_load_query = 18,
    table_map = 19,
    write_rows_v1 = 23,
    update_rows_v1 = 24,
    delete_rows_v1 = 25,
    incident = 26,
    heartbeat = 27,
    ignorable = 28,
    rows_query = 29,
    write_rows = 30,
    update_rows = 31,
    delete_rows = 32,
    gtid = 33,
    anonymous_gtid = 34,
    previous_gtids = 35,
    transaction_context = 36,
    view_change = 37,
    xa_prepare = 38,
    partial_update_rows = 39,
    transaction_payload = 40,
    heartbeat_v2 = 41,
    gtid_tagged = 42,
    mariadb_annotate_rows = 160,
    mariadb_binlog_checkpoint = 161,
    mariadb_gtid = 162,
    mariadb_gtid_list = 163,
    mariadb_start_encryption = 164,
    mariadb_query_compressed = 165,
    mariadb_write_rows_compressed_v1 = 166,
    mariadb_update_rows_compressed_v1 = 167,
    mariadb_delete_rows_compressed_v1 = 168,
    mariadb_write_rows_compressed = 169,
    mariadb_update_rows_compressed = 170,
    mariadb_delete_rows_compressed = 171,
};

inline constexpr std::size_t event_header_size = 19;
inline constexpr std::size_t checksum_size = 4;
inline constexpr std::uint16_t artificial_flag = 0x20;
inline constexpr std::uint16_t ignorable_flag = 0x80;

struct EventHeader {
    std::uint32_t seconds = 0;  ///< Unix time
    EventType type{};
    std::uint32_t server_id = 0;
    std::uint32_t size = 0;  ///< of the whole event, checksum included
    std::uint32_t end = 0;   ///< offset behind it, low 32 bits; 0: it stands in no file
    std::uint16_t flags = 0;
};

[[nodiscard]] inline EventHeader read_header(ByteReader& reader) {
    EventHeader header;
    header.seconds = reader.u32();
    header.type = static_cast<EventType>(reader.u8());
    header.server_id = reader.u32();
    header.size = reader.u32();
    header.end = reader.u32();
    header.flags = reader.u16();
    return header;
}

}  // namespace transload::mysql::binlog

#include "adapters/mysql/binlog/table_map.hpp"

namespace transload::mysql::binlog {
namespace {

constexpr std::size_t most_columns = 4096;

std::size_t metadata_size(std::uint8_t type) {
    switch (type) {
        case field::float_:
        case field::double_:
        case field::timestamp2:
        case field::datetime2:
        case field::time2:
        case field::blob:
        case field::tiny_blob:
        case field::medium_blob:
        case field::long_blob:
        case field::blob_compressed:
        case field::geometry:
        case field::json:
        case field::vector: return 1;
        case field::varchar:
        case field::varchar_compressed:
        case field::var_string:
        case field::bit:
        case field::decimal:
        case field::enumeration:
        case field::set:
        case field::string: return 2;
        default: return 0;
    }
}

void unpack_string(MappedColumn& column) {
    const unsigned first = column.metadata & 0xffU;
    const unsigned second = column.metadata >> 8U;
    if ((first & 0x30) != 0x30) {
        // Lengths above 255 lend two bits of the type.
        column.type = static_cast<std::uint8_t>(first | 0x30);
        column.metadata = static_cast<std::uint16_t>(second | ((first & 0x30) ^ 0x30) << 4);
    } else {
        column.type = static_cast<std::uint8_t>(first);
        column.metadata = static_cast<std::uint16_t>(second);
    }
    if (column.type != field::enumeration && column.type != field::set) column.type = field::string;
}

}  // namespace

TableMap read_table_map(std::string_view body) {
    ByteReader reader(body);
    TableMap map;
    map.id = reader.little(6);
    reader.skip(2);  // flags
    map.database = reader.bytes(reader.u8());
    reader.skip(1);
    map.table = reader.bytes(reader.u8());
    reader.skip(1);
    const std::uint64_t count = reader.length_encoded();
    if (count > most_columns) ByteReader::fail("a table with too many columns");
    const std::string_view types = reader.bytes(static_cast<std::size_t>(count));
    ByteReader metadata(reader.length_encoded_bytes());
    map.columns.reserve(types.size());
    for (const char type : types) {
        MappedColumn& column = map.columns.emplace_back();
        column.type = static_cast<std::uint8_t>(type);
        if (column.type == field::typed_array) ByteReader::fail("a column of a hidden type");
        const std::size_t size = metadata_size(column.type);
        if (size != 0) column.metadata = static_cast<std::uint16_t>(metadata.little(size));
        if (column.type == field::string) unpack_string(column);
    }
    return map;
}

}  // namespace transload::mysql::binlog

#include "adapters/mysql/binlog/gtid_event.hpp"

#include "adapters/mysql/binlog/gtid_wire.hpp"

namespace transload::mysql::binlog {
namespace {

constexpr std::size_t uuid_size = 16;

TransactionStart read_mysql(bool anonymous, ByteReader reader) {
    constexpr std::uint8_t logical_clock = 2;
    constexpr std::size_t timestamp_size = 7;
    TransactionStart start;
    reader.skip(1);  // flags
    const std::string_view uuid = reader.bytes(uuid_size);
    const std::uint64_t number = reader.u64();
    if (!anonymous) {
        start.gtid.source = uuid_text(uuid);
        start.gtid.number = number;
    }
    if (reader.empty() || reader.u8() != logical_clock) return start;
    reader.skip(8 + 8);  // which transactions it may run beside
    if (reader.left() < timestamp_size) return start;  // MySQL 5.7
    constexpr std::uint64_t original_follows = std::uint64_t{1} << 55;
    start.committed_us = static_cast<std::int64_t>(reader.little(timestamp_size) & ~original_follows);
    return start;
}

/// MySQL 8.3 and later: fields of MySQL's serialization library, each behind its number.
TransactionStart read_tagged(ByteReader reader) {
    enum : std::uint64_t { flags, uuid, number, tag, last_committed, sequence, immediate_timestamp };
    TransactionStart start;
    if (read_packed(reader) > 2) ByteReader::fail("a GTID of a newer format");
    read_packed(reader);  // size
    read_packed(reader);  // last field that must be understood
    std::string id, name;
    while (!reader.empty()) {
        const std::uint64_t field = read_packed(reader);
        switch (field) {
            case uuid:
                for (std::size_t i = 0; i < uuid_size; ++i) id += static_cast<char>(read_packed(reader));
                break;
            case number: start.gtid.number = static_cast<std::uint64_t>(read_packed_signed(reader)); break;
            case tag: {
                const std::uint64_t size = read_packed(reader);
                if (size > reader.left()) ByteReader::fail("it ends too early");
                name = reader.bytes(static_cast<std::size_t>(size));
                break;
            }
            case flags: read_packed(reader); break;
            case last_committed:
            case sequence: read_packed_signed(reader); break;
            case immediate_timestamp: start.committed_us = static_cast<std::int64_t>(read_packed(reader)); break;
            default: reader = ByteReader(); break;  // nothing of the rest matters
        }
    }
    if (id.size() != uuid_size || start.gtid.number == 0) ByteReader::fail("a GTID without a name");
    start.gtid.source = uuid_text(id) + (name.empty() ? "" : ":" + name);
    return start;
}

TransactionStart read_mariadb(const EventHeader& header, ByteReader reader) {
    constexpr std::uint8_t standalone = 1, group_commit = 2, prepared_xa = 64, completed_xa = 128;
    TransactionStart start;
    start.gtid.number = reader.u64();
    start.gtid.source = std::to_string(reader.u32());
    start.gtid.server_id = header.server_id;
    const std::uint8_t flags = reader.u8();
    start.single_statement = (flags & standalone) != 0;
    start.begun = !start.single_statement;
    start.committed_us = std::int64_t{header.seconds} * 1'000'000;
    if ((flags & group_commit) != 0) reader.skip(8);
    if ((flags & (prepared_xa | completed_xa)) != 0) {
        start.xa = reader.bytes(4 + 2);  // format, lengths of the two parts
        start.xa += reader.bytes(static_cast<unsigned char>(start.xa[4]) + std::size_t{static_cast<unsigned char>(start.xa[5])});
    }
    return start;
}

}  // namespace

TransactionStart read_gtid_event(const EventHeader& header, std::string_view body) {
    const ByteReader reader(body);
    switch (header.type) {
        case EventType::mariadb_gtid: return read_mariadb(header, reader);
        case EventType::gtid_tagged: return read_tagged(reader);
        default: return read_mysql(header.type == EventType::anonymous_gtid, reader);
    }
}

}  // namespace transload::mysql::binlog

#include "adapters/mysql/binlog/compressed.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>

#include "adapters/mysql/binlog/event.hpp"

namespace transload::mysql::binlog {
namespace {

/// No event of a server is larger than a packet.
constexpr std::size_t largest = std::size_t{1} << 30;

/// zlib or raw deflate data of which the size is known. Memory is taken as data comes out, not as the size promises.
std::string inflate_bytes(std::string_view bytes, std::size_t size, int window_bits) {
    constexpr std::size_t step = std::size_t{1} << 16;
    if (size > largest) ByteReader::fail("compressed data that is too large");
    z_stream stream{};
    if (inflateInit2(&stream, window_bits) != Z_OK) throw std::bad_alloc();
    const std::unique_ptr<z_stream, void (*)(z_stream*)> end(&stream, [](z_stream* open) { inflateEnd(open); });
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib does not write there
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::string out;
    int result = Z_OK;
    while (result == Z_OK) {
        const std::size_t done = out.size();
        out.resize(std::min(size + 1, done + std::max(step, done)));
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + done);
        stream.avail_out = static_cast<uInt>(out.size() - done);
        const std::size_t room = out.size() - done;
        result = inflate(&stream, Z_NO_FLUSH);
        out.resize(done + room - stream.avail_out);
        if (out.size() > size) break;
    }
    if (result != Z_STREAM_END || out.size() != size) ByteReader::fail("compressed data that is damaged");
    return out;
}

}  // namespace

std::string inflate_event(std::string_view bytes) {
    ByteReader reader(bytes);
    const std::uint8_t head = reader.u8();
    if ((head & 0x80) == 0 || (head & 0x70) != 0) ByteReader::fail("data compressed in a way that is not known");
    const std::size_t length_size = head & 7U;
    if (length_size < 1 || length_size > 4) ByteReader::fail("compressed data of an unknown size");
    const std::uint64_t size = reader.big(length_size);
    return inflate_bytes(reader.rest(), static_cast<std::size_t>(size), MAX_WBITS);
}

std::string inflate_column(std::string_view bytes) {
    if (bytes.empty()) return {};
    ByteReader reader(bytes);
    const std::uint8_t head = reader.u8();
    const unsigned method = head >> 4U;
    if (method == 0) return std::string(reader.rest());
    if (method != 8) ByteReader::fail("a column compressed in a way that is not known");
    const std::uint64_t size = reader.big(head & 7U);
    return inflate_bytes(reader.rest(), static_cast<std::size_t>(size), (head & 8U) != 0 ? -MAX_WBITS : MAX_WBITS);
}

struct PayloadReader::Impl {
    std::string packed;
    std::size_t packed_at = 0;
    std::string events;       ///< unpacked, from events_at on not yet delivered
    std::size_t events_at = 0;
    bool stored = false;      ///< not compressed at all
    std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> zstd{ZSTD_createDStream(), ZSTD_freeDStream};

    /// Unpacks until `size` bytes are there; false at the end.
    bool fill(std::size_t size) {
        if (events_at != 0) {
            events.erase(0, events_at);
            events_at = 0;
        }
        while (events.size() < size) {
            if (stored) {
                if (packed_at == packed.size()) return false;
                events.append(packed, packed_at);
                packed_at = packed.size();
                continue;
            }
            const std::size_t done = events.size();
            events.resize(done + ZSTD_DStreamOutSize());
            ZSTD_outBuffer out{events.data() + done, events.size() - done, 0};
            ZSTD_inBuffer in{packed.data() + packed_at, packed.size() - packed_at, 0};
            const std::size_t result = ZSTD_decompressStream(zstd.get(), &out, &in);
            if (ZSTD_isError(result) != 0) ByteReader::fail("compressed events that are damaged");
            events.resize(done + out.pos);
            packed_at += in.pos;
            if (in.pos == 0 && out.pos == 0) return false;
        }
        return true;
    }
};

PayloadReader::PayloadReader(std::string_view body) : impl_(std::make_unique<Impl>()) {
    constexpr std::uint64_t end_mark = 0, payload_size = 1, compression = 2;
    constexpr std::uint64_t zstd = 0, none = 255;
    if (!impl_->zstd) throw std::bad_alloc();
    ByteReader reader(body);
    std::uint64_t size = 0, method = none;
    while (true) {
        const std::uint64_t type = reader.length_encoded();
        if (type == end_mark) break;
        ByteReader value(reader.length_encoded_bytes());
        if (type == payload_size) size = value.length_encoded();
        if (type == compression) method = value.length_encoded();
    }
    if (method != zstd && method != none) ByteReader::fail("events compressed in a way that is not known");
    if (size > reader.left()) ByteReader::fail("it ends too early");
    impl_->stored = method == none;
    impl_->packed = reader.bytes(static_cast<std::size_t>(size));
}

PayloadReader::~PayloadReader() = default;

std::optional<std::string_view> PayloadReader::next() {
    const auto available = [&] { return impl_->events.size() - impl_->events_at; };
    if (available() < event_header_size && !impl_->fill(event_header_size)) {
        if (available() != 0) ByteReader::fail("compressed events that are damaged");
        return std::nullopt;
    }
    ByteReader reader(std::string_view(impl_->events).substr(impl_->events_at));
    const EventHeader header = read_header(reader);
    if (header.size < event_header_size || header.size > largest) ByteReader::fail("an event of an impossible size");
    if (available() < header.size && !impl_->fill(header.size)) ByteReader::fail("compressed events that are damaged");
    const std::string_view event = std::string_view(impl_->events).substr(impl_->events_at, header.size);
    impl_->events_at += header.size;
    return event;
}

}  // namespace transload::mysql::binlog

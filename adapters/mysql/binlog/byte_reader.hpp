#pragma once
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace transload::mysql::binlog {

/// Bytes that are not what the format says. Whoever knows the place turns it into Error "binlog.undecodable".
class Malformed : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Reads bytes from front to back and never beyond their end: every method throws Malformed instead.
class ByteReader {
  public:
    ByteReader() = default;
    explicit ByteReader(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

    [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
    [[nodiscard]] bool empty() const { return at_ == end_; }
    [[nodiscard]] std::string_view rest() const { return {at_, left()}; }

    std::string_view bytes(std::size_t count) {
        need(count);
        const std::string_view taken(at_, count);
        at_ += count;
        return taken;
    }
    void skip(std::size_t count) {
        need(count);
        at_ += count;
    }
    std::uint8_t u8() { return fixed<std::uint8_t>(); }
    std::uint16_t u16() { return fixed<std::uint16_t>(); }
    std::uint32_t u32() { return fixed<std::uint32_t>(); }
    std::uint64_t u64() { return fixed<std::uint64_t>(); }

    /// Little-endian number of 1 … 8 bytes.
    std::uint64_t little(std::size_t size) {
        need(size);
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size; ++i) value |= std::uint64_t{byte(i)} << (8 * i);
        at_ += size;
        return value;
    }
    /// Big-endian number of 0 … 8 bytes.
    std::uint64_t big(std::size_t size) {
        need(size);
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size; ++i) value = value << 8 | byte(i);
        at_ += size;
        return value;
    }
    /// Length-encoded integer of the protocol.
    std::uint64_t length_encoded() {
        const std::uint8_t first = u8();
        if (first < 251) return first;
        if (first == 252) return u16();
        if (first == 253) return little(3);
        if (first == 254) return u64();
        fail("a length that is none");
    }
    /// That many bytes, the count coming from a length-encoded integer.
    std::string_view length_encoded_bytes() {
        const std::uint64_t size = length_encoded();
        if (size > left()) fail("a length beyond the end");
        return bytes(static_cast<std::size_t>(size));
    }

    [[noreturn]] static void fail(const char* what) { throw Malformed(what); }
    [[noreturn]] static void fail(const std::string& what) { throw Malformed(what); }

  private:
    [[nodiscard]] std::uint8_t byte(std::size_t i) const { return static_cast<std::uint8_t>(at_[i]); }
    void need(std::size_t count) const {
        if (count > left()) fail("it ends too early");
    }
    template <class T>
    T fixed() {
        need(sizeof(T));
        T value;
        std::memcpy(&value, at_, sizeof value);  // the house runs on little-endian machines only
        at_ += sizeof value;
        return value;
    }

    const char* at_ = nullptr;
    const char* end_ = nullptr;
};

}  // namespace transload::mysql::binlog

#pragma once
#include <cstdint>
#include <random>
#include <string>

namespace transload::test {

/// What a column of the workload's tables holds, and so which values are worth trying.
enum class ValueKind {
    tiny, tiny_unsigned, flag, small, medium_unsigned, integer, integer_unsigned, big, big_unsigned, year,
    wide_decimal, price, single, twice,
    bit1, bit13, bit64, choice, choices, many_choices,
    date, time, datetime, datetime0, timestamp, timestamp0,
    text, fixed_text, latin1_text, long_text, bytes, fixed_bytes, long_bytes,
    json, plain_json, geometry, point,
};

/// Random values as SQL literals and expressions that every server version takes, chosen so that the odd ones are
/// frequent: extremes, −0, zero dates, index 0 of an ENUM, quotes, NUL bytes, long values. The same seed gives the same
/// values. Not thread-safe.
class Values {
  public:
    explicit Values(std::uint64_t seed) : random_(seed) {}

    /// NULL now and then where the column may hold it.
    [[nodiscard]] std::string literal(ValueKind kind, bool nullable = true);

    /// 0 … below − 1
    [[nodiscard]] std::uint64_t draw(std::uint64_t below) {
        return std::uniform_int_distribution<std::uint64_t>(0, below - 1)(random_);
    }
    [[nodiscard]] bool chance(unsigned percent) { return draw(100) < percent; }
    /// Text of about so many characters, as utf8mb4 bytes.
    [[nodiscard]] std::string text(std::size_t characters);
    /// Any bytes.
    [[nodiscard]] std::string bytes(std::size_t size);

  private:
    std::string number(ValueKind kind);
    std::string moment(ValueKind kind);
    std::string document(bool plain);
    std::string shape(bool point);

    std::mt19937_64 random_;
};

/// 'text' as a hex literal of utf8mb4, which no sql_mode and no character set misreads.
[[nodiscard]] std::string text_literal(const std::string& utf8);
[[nodiscard]] std::string bytes_literal(const std::string& bytes);

}  // namespace transload::test

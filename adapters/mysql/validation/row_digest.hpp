#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/validation/canonical.hpp"

namespace transload::mysql::validation {

/// First half of a SHA-256 over a row's canonical values.
using RowDigest = std::array<unsigned char, 16>;

/// From the 32 hex digits that a server sends. Throws Error when it is anything else: a digest that a server
/// failed to compute must never pass for one.
[[nodiscard]] RowDigest digest_from_hex(std::string_view hex);
[[nodiscard]] std::string to_hex(const RowDigest& digest);

/// Our own digest of a row's values as they came (level rows): each with its length, NULL apart from ''.
/// Columns with parse_as_json are read by a JSON parser first, so that only what they mean counts.
[[nodiscard]] RowDigest digest_of_values(const ComparedTable& table, RowView values);

/// JSON with sorted keys, no spaces and number types kept; the text itself when it is no JSON.
[[nodiscard]] std::string normal_json(std::string_view text);

/// Of all rows of a range: their number and the exclusive or of their digests. When the rows of one side are
/// all different (they have a key), equal numbers and equal XOR mean equal sets of rows: whatever is on one
/// side only stays in the XOR, once. `sum` (two 60-bit sums as text) is asked for where rows may be equal.
struct RangeDigest {
    std::uint64_t rows = 0;
    RowDigest exclusive_or{};
    std::string sum;
    friend bool operator==(const RangeDigest&, const RangeDigest&) = default;
};

}  // namespace transload::mysql::validation

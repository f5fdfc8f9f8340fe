#pragma once
#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>

namespace transload::native {

/// An integer key as something that compares like it, from −2^63 to 2^64−1: negative numbers, then the others.
using IntegerKey = std::pair<int, std::uint64_t>;
inline constexpr IntegerKey least_key{-1, 0};
inline constexpr IntegerKey greatest_key{2, 0};

/// `descending`: in reversed order.
[[nodiscard]] inline IntegerKey integer_key(std::string_view text, bool descending = false) {
    std::uint64_t bits = 0;
    const bool negative = text.starts_with('-');
    std::from_chars(text.data() + (negative ? 1 : 0), text.data() + text.size(), bits);
    IntegerKey key = negative && bits != 0 ? IntegerKey{0, ~bits + 1} : IntegerKey{1, bits};
    if (descending) key = {1 - key.first, ~key.second};
    return key;
}

}  // namespace transload::native

#pragma once
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <limits>

#include "orchestrator/codec/member_reader.hpp"
#include "orchestrator/plan/endpoint.hpp"

/// Endpoints, durations and small numbers, as every part of a spec writes them. Only for the .cpp files of this folder.
namespace transload::codec {

using std::chrono::milliseconds;

inline std::string text_of(milliseconds value) {
    return fmt::format("{}ms", value.count());
}

inline milliseconds milliseconds_of(std::string_view text, const char* member) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || std::string_view(end, text.data() + text.size()) != "ms")
        malformed(member, "a duration in ms");
    return milliseconds{count};
}

inline void read(const Json& object, const char* member, milliseconds& out) {
    std::string text;
    read(object, member, text);
    if (!text.empty()) out = milliseconds_of(text, member);
}

template <class Number>
void read_small(const Json& object, const char* member, Number& out) {
    std::uint64_t value = out;
    read(object, member, value);
    if (value > std::numeric_limits<Number>::max()) malformed(member, "in range");
    out = static_cast<Number>(value);
}

/// Without the password.
[[nodiscard]] Json endpoint_json(const Endpoint& endpoint);
[[nodiscard]] Endpoint endpoint_from(const Json& object);

}  // namespace transload::codec

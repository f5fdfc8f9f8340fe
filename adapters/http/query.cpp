#include "adapters/http/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "orchestrator/codec/json_text.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::http {
namespace {

Error query_error(const char* id, const std::string& name, std::string_view message) {
    const std::string shown = valid_utf8(name.substr(0, 60));
    return Error(ErrorKind::usage, id, shown, fmt::format("{}: {}", shown, message), "");
}

}  // namespace

Query::Query(const httplib::Request& request, std::initializer_list<std::string_view> known)
    : request_(request) {
    for (const auto& [name, value] : request.params) {
        if (std::find(known.begin(), known.end(), name) == known.end())
            throw query_error("query.unknown", name,
                              known.size() == 0
                                  ? std::string("this resource takes no parameters")
                                  : fmt::format("unknown parameter; known are {}", fmt::join(known, ", ")));
        if (request.get_param_value_count(name) > 1) throw query_error("query.twice", name, "given twice");
    }
}

std::optional<std::string> Query::text(const std::string& name) const {
    if (!request_.has_param(name)) return std::nullopt;
    return request_.get_param_value(name);
}

std::uint64_t Query::count(const std::string& name, std::uint64_t fallback, std::uint64_t min,
                           std::uint64_t max) const {
    const auto given = text(name);
    return given ? count_of(*given, name, min, max) : fallback;
}

bool Query::flag(const std::string& name) const {
    const auto given = text(name);
    if (!given || *given == "false" || *given == "0") return false;
    if (*given == "true" || *given == "1" || given->empty()) return true;
    throw query_error("query.value", name, "expected true or false");
}

std::uint64_t count_of(const std::string& text, const std::string& name, std::uint64_t min, std::uint64_t max) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || value < min || value > max)
        throw query_error("query.value", name, fmt::format("expected a number from {} to {}", min, max));
    return value;
}

}  // namespace transload::http

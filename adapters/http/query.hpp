#pragma once
#include <httplib.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace transload::http {

/// The parameters of a request's query. Errors are Error{usage, "query.…"} with the parameter as object.
class Query {
  public:
    /// Throws "query.unknown" for a parameter that is not known, "query.twice" for one that is repeated.
    Query(const httplib::Request& request, std::initializer_list<std::string_view> known);

    [[nodiscard]] std::optional<std::string> text(const std::string& name) const;
    /// Throws "query.value" unless it is a whole number in the range.
    [[nodiscard]] std::uint64_t count(const std::string& name, std::uint64_t fallback, std::uint64_t min,
                                      std::uint64_t max) const;
    /// "true", "1" or nothing behind it; false when it is absent, "false" or "0". Throws "query.value".
    [[nodiscard]] bool flag(const std::string& name) const;

  private:
    const httplib::Request& request_;
};

/// A whole number in the range. Throws "query.value" with `name` as object.
[[nodiscard]] std::uint64_t count_of(const std::string& text, const std::string& name, std::uint64_t min,
                                     std::uint64_t max);

}  // namespace transload::http

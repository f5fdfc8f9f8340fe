#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace transload::http {

/// Where a server is: http(s)://host[:port][/prefix]
struct ServerUrl {
    bool tls = false;
    std::string host;
    std::uint16_t port = 8080;  ///< 443 for https unless given
    std::string prefix;         ///< without a slash at its end

    /// "http://127.0.0.1:8080", for messages.
    [[nodiscard]] std::string display() const;
};

/// "localhost:8080" counts as http. Throws Error{usage, "http.url"}.
[[nodiscard]] ServerUrl parse_server_url(std::string_view url);

}  // namespace transload::http

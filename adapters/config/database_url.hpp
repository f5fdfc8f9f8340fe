#pragma once
#include <string>
#include <string_view>

#include "orchestrator/plan/endpoint.hpp"

namespace transload::config {

/// What a database URL says.
struct DatabaseUrl {
    Endpoint endpoint;
    bool has_password = false;  ///< "user:@host" has an empty one
    std::string database;       ///< empty when it names none
};

/// mysql://user[:password]@host[:port][/database][?tls=…&ca=…&cert=…&key=…&connect_timeout=…]
/// `mariadb://` means the same. Parts are percent-encoded; IPv6 hosts stand in brackets. `path` is the key
/// that holds the URL, for errors. Throws Error "config.url" (or "config.value" for an option's value);
/// the message shows the URL with its password masked.
[[nodiscard]] DatabaseUrl parse_database_url(std::string_view url, std::string_view path);

/// The URL with everything that may be a password replaced by ***. Works on URLs that are broken too.
[[nodiscard]] std::string masked_url(std::string_view url);

}  // namespace transload::config

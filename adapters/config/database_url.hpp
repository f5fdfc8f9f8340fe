#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/plan/endpoint.hpp"

namespace transload::config {

/// What a database URL says.
struct DatabaseUrl {
    Endpoint endpoint;
    bool has_password = false;  ///< "user:@host" has an empty one
    bool has_port = false;
    std::string database;       ///< empty when it names none
    std::map<std::string, std::string> more;  ///< the options beyond an endpoint's that were asked for
};

/// mysql://user[:password]@host[:port][/database][?tls=…&ca=…&cert=…&key=…&connect_timeout=…]
/// `mariadb://` means the same. Parts are percent-encoded; IPv6 hosts stand in brackets. `path` is the key
/// that holds the URL, for errors; `more` names options that are allowed beside those of an endpoint. Throws Error "config.url" (or "config.value" for an option's value);
/// the message shows the URL with its password masked.
[[nodiscard]] DatabaseUrl parse_database_url(std::string_view url, std::string_view path,
                                             const std::vector<std::string_view>& more = {});

/// The URL with everything that may be a password replaced by ***. Works on URLs that are broken too.
[[nodiscard]] std::string masked_url(std::string_view url);

}  // namespace transload::config

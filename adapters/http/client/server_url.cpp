#include "adapters/http/client/server_url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "orchestrator/plan/error.hpp"

namespace transload::http {

std::string ServerUrl::display() const {
    const bool six = host.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}{}", tls ? "https" : "http", six ? "[" : "", host, six ? "]" : "", port,
                       prefix);
}

ServerUrl parse_server_url(std::string_view url) {
    // The text is not shown: people put tokens into URLs.
    const auto refuse = [](std::string_view what) {
        return Error(ErrorKind::usage, "http.url", "--server", fmt::format("--server: {}", what),
                     "Write http://host:8080 or https://host.");
    };
    ServerUrl result;
    const std::size_t scheme = url.find("://");
    if (scheme != std::string_view::npos) {
        const std::string_view name = url.substr(0, scheme);
        if (name != "http" && name != "https")
            throw refuse("expected a URL that begins with http:// or https://");
        result.tls = name == "https";
        if (result.tls) result.port = 443;
        url.remove_prefix(scheme + 3);
    }
    if (url.find_first_of("@?#") != std::string_view::npos)
        throw refuse("a login, a query or a fragment has no place in it (a token is given by --token-file)");
    const std::size_t slash = std::min(url.find('/'), url.size());
    std::string_view address = url.substr(0, slash);
    result.prefix = std::string(url.substr(slash));
    while (result.prefix.ends_with('/')) result.prefix.pop_back();
    std::string_view port;
    if (address.starts_with('[')) {
        const std::size_t end = address.find(']');
        if (end == std::string_view::npos) throw refuse("a [ without its ]");
        result.host = std::string(address.substr(1, end - 1));
        port = address.substr(end + 1);
    } else {
        const std::size_t colon = std::min(address.find(':'), address.size());
        result.host = std::string(address.substr(0, colon));
        port = address.substr(colon);
    }
    if (result.host.empty() || result.host.find_first_of(" \t\r\n") != std::string::npos)
        throw refuse("the host is missing");
    if (port.empty()) return result;
    port.remove_prefix(1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), result.port);
    if (error != std::errc{} || end != port.data() + port.size() || result.port == 0)
        throw refuse("the port has to be a number from 1 to 65535");
    return result;
}

}  // namespace transload::http

#include "adapters/config/database_url.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "adapters/config/config_error.hpp"
#include "adapters/config/reader.hpp"
#include "adapters/config/units.hpp"

namespace transload::config {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// One URL under the knife, so that every error can show it without its password.
class UrlParser {
  public:
    UrlParser(std::string_view url, std::string_view path, const std::vector<std::string_view>& more)
        : url_(url), path_(path), more_(more) {}

    DatabaseUrl parse() {
        std::string_view rest = after_scheme();
        if (rest.find('#') != std::string_view::npos) refuse("an unencoded # in it");
        const std::size_t query = rest.find('?');
        const std::string_view options =
            query == std::string_view::npos ? std::string_view{} : rest.substr(query + 1);
        rest = rest.substr(0, query);
        const std::size_t slash = rest.find('/');
        const std::string_view database =
            slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
        read_authority(rest.substr(0, slash));
        if (database.find('/') != std::string_view::npos) refuse("more than a database name behind the host");
        result_.database = decoded(database, "database");
        read_options(options);
        return std::move(result_);
    }

  private:
    [[noreturn]] void refuse(std::string_view what) const {
        throw config_error(
            "config.url", path_, fmt::format("the URL {} has {}", masked_url(url_), what),
            "Write mysql://user:password@host:port/database, with : / ? # @ % in a part written "
            "as %3A %2F %3F %23 %40 %25.");
    }

    std::string_view after_scheme() {
        const std::size_t colon = url_.find("://");
        if (colon == std::string_view::npos) refuse("no scheme: it does not begin with mysql://");
        std::string scheme(url_.substr(0, colon));
        std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (scheme != "mysql" && scheme != "mariadb")
            refuse(fmt::format("an unknown scheme {}: expected mysql or mariadb", shown(scheme)));
        return url_.substr(colon + 3);
    }

    [[nodiscard]] std::string decoded(std::string_view text, std::string_view part) const {
        std::string result;
        for (std::size_t i = 0; i < text.size(); ++i) {
            char c = text[i];
            if (c == '%') {
                const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
                const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
                if (high < 0 || low < 0)
                    refuse(fmt::format("a % in the {} that no two hex digits follow", part));
                c = static_cast<char>(high * 16 + low);
                i += 2;
            }
            if (c == '\0') refuse(fmt::format("a NUL character in the {}", part));
            result += c;
        }
        return result;
    }

    void read_authority(std::string_view authority) {
        const std::size_t at = authority.rfind('@');
        if (at == std::string_view::npos) refuse("no user");
        const std::string_view login = authority.substr(0, at);
        const std::size_t colon = login.find(':');
        result_.endpoint.user = decoded(login.substr(0, colon), "user");
        if (result_.endpoint.user.empty()) refuse("no user");
        if (colon != std::string_view::npos) {
            result_.has_password = true;
            result_.endpoint.password = Secret(decoded(login.substr(colon + 1), "password"));
        }
        read_host(authority.substr(at + 1));
    }

    void read_host(std::string_view address) {
        std::string_view port;
        bool has_port = false;
        if (address.starts_with('[')) {
            const std::size_t end = address.find(']');
            if (end == std::string_view::npos) refuse("a [ without its ]");
            result_.endpoint.host = decoded(address.substr(1, end - 1), "host");
            std::array<unsigned char, sizeof(in6_addr)> bytes{};
            if (::inet_pton(AF_INET6, result_.endpoint.host.c_str(), bytes.data()) != 1)
                refuse("no IPv6 address between its brackets");
            port = address.substr(end + 1);
            has_port = !port.empty();
            if (has_port && !port.starts_with(':')) refuse("something behind the ] that is no port");
            if (has_port) port.remove_prefix(1);
        } else {
            const std::size_t colon = address.find(':');
            has_port = colon != std::string_view::npos;
            result_.endpoint.host = decoded(address.substr(0, colon), "host");
            if (has_port) port = address.substr(colon + 1);
            if (port.find(':') != std::string_view::npos)
                refuse("several colons in the host: IPv6 addresses stand in brackets");
            check_host_name();
        }
        result_.has_port = has_port;
        if (!has_port) return;
        const auto number = parse_count(port);
        if (!number || *number < 1 || *number > 65535) refuse("a port that is no number from 1 to 65535");
        result_.endpoint.port = static_cast<std::uint16_t>(*number);
    }

    void check_host_name() const {
        const std::string& host = result_.endpoint.host;
        if (host.empty()) refuse("no host");
        const auto allowed = [](char c) {
            return hex_digit(c) >= 0 || (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z') || c == '.' ||
                   c == '-' || c == '_';
        };
        if (host.size() > 253 || !std::all_of(host.begin(), host.end(), allowed))
            refuse("a host that is no host name and no address");
    }

    void read_options(std::string_view options) {
        std::vector<std::string_view> known{"tls", "ca", "cert", "key", "connect_timeout"};
        known.insert(known.end(), more_.begin(), more_.end());
        std::vector<std::string> seen;
        while (!options.empty()) {
            const std::size_t end = std::min(options.find('&'), options.size());
            const std::string_view option = options.substr(0, end);
            options.remove_prefix(std::min(end + 1, options.size()));
            const std::size_t equals = option.find('=');
            const std::string name = decoded(option.substr(0, equals), "options");
            if (std::find(known.begin(), known.end(), name) == known.end())
                throw config_error(
                    "config.url", path_,
                    fmt::format("unknown option {} in the URL{}", shown(name), did_you_mean(name, known)),
                    fmt::format("Known are {}.", fmt::join(known, ", ")));
            if (std::find(seen.begin(), seen.end(), name) != seen.end())
                refuse(fmt::format("the option {} twice", name));
            seen.push_back(name);
            if (equals == std::string_view::npos) refuse(fmt::format("no value for the option {}", name));
            apply(name, Node::word(decoded(option.substr(equals + 1), "options"), Origin::file));
        }
    }

    void apply(const std::string& name, const Node& node) {
        const Value value(node, fmt::format("{}?{}", path_, name));
        Endpoint& endpoint = result_.endpoint;
        if (std::find(more_.begin(), more_.end(), name) != more_.end()) result_.more[name] = value.text();
        if (name == "tls") endpoint.tls.mode = value.choice<TlsMode>();
        if (name == "ca") endpoint.tls.ca = value.text();
        if (name == "cert") endpoint.tls.cert = value.text();
        if (name == "key") endpoint.tls.key = value.text();
        if (name == "connect_timeout")
            endpoint.connect_timeout =
                value.duration(std::chrono::milliseconds{100}, std::chrono::minutes{10});
    }

    std::string_view url_;
    std::string_view path_;
    const std::vector<std::string_view>& more_;
    DatabaseUrl result_;
};

/// A password that holds an unencoded / ? or # makes the host end too early: then what comes before the last
/// @ of the whole URL counts as login.
std::string masked_login(std::string_view rest) {
    const std::size_t at = rest.rfind('@');
    const std::size_t colon = rest.find(':');
    if (at == std::string_view::npos) {
        // no login at all, or one that lost its @: what follows the colon may be a port or a password
        return colon == std::string_view::npos ? std::string(rest)
                                               : fmt::format("{}:***", rest.substr(0, colon));
    }
    if (const std::size_t query = rest.find('?', at); query != std::string_view::npos)
        return masked_login(rest.substr(0, query)) + "?…";
    if (colon == std::string_view::npos || colon > at) return std::string(rest);
    return fmt::format("{}:***{}", rest.substr(0, colon), rest.substr(at));
}

}  // namespace

DatabaseUrl parse_database_url(std::string_view url, std::string_view path,
                               const std::vector<std::string_view>& more) {
    return UrlParser(url, path, more).parse();
}

std::string masked_url(std::string_view url) {
    const std::size_t scheme = url.find("://");
    const std::size_t from = scheme == std::string_view::npos ? 0 : scheme + 3;
    const std::string login = masked_login(url.substr(from));
    const std::string quoted = shown(fmt::format("{}{}", url.substr(0, from), login));
    return quoted.substr(1, quoted.size() - 2);
}

}  // namespace transload::config

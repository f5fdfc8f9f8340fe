#include "adapters/config/endpoint_reader.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "adapters/config/config_error.hpp"
#include "adapters/config/database_url.hpp"
#include "adapters/config/secret_file.hpp"

namespace transload::config {
namespace {

/// Keeps the password of the latest origin.
class PasswordChoice {
  public:
    void offer(Secret password, const std::string& path, Origin origin) {
        if (path_.empty() || origin > origin_) {
            password_ = std::move(password);
            path_ = path;
            origin_ = origin;
        } else if (origin == origin_) {
            throw config_error("config.conflict", path, fmt::format("the password is given by {} too", path_),
                               "Give it once.");
        }
    }
    [[nodiscard]] Secret take() { return std::move(password_); }

  private:
    Secret password_;
    std::string path_;
    Origin origin_ = Origin::file;
};

TlsOptions read_tls(const Value& value) {
    TlsOptions tls;
    if (!value.is_map()) {
        tls.mode = value.choice<TlsMode>();
        return tls;
    }
    const MapReader map(value.node(), value.path(), {"mode", "ca", "cert", "key"});
    if (const auto mode = map.get("mode")) tls.mode = mode->choice<TlsMode>();
    if (const auto ca = map.get("ca")) tls.ca = ca->text();
    if (const auto cert = map.get("cert")) tls.cert = cert->text();
    if (const auto key = map.get("key")) tls.key = key->text();
    return tls;
}

std::string read_host(const Value& value) {
    std::string host = value.text();
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    const auto allowed = [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_';
    };
    in6_addr address{};
    const bool name = host.size() <= 253 && std::all_of(host.begin(), host.end(), allowed);
    if (!name && ::inet_pton(AF_INET6, host.c_str(), &address) != 1)
        value.wrong_value(fmt::format("expected a host name or an address, got {}", shown(host)));
    return host;
}

std::string read_scheme(const Value& value) {
    const std::string scheme = value.text();
    if (scheme != "mysql" && scheme != "mariadb")
        value.wrong_value(fmt::format("expected mysql or mariadb, got {}", shown(scheme)));
    return "mysql";
}

void read_map(const Value& side, const EndpointRules& rules, EndpointWords& words, PasswordChoice& password) {
    const MapReader map(side.node(), side.path(),
                        {"scheme", "host", "port", "user", "password", "password_file", "database",
                         "databases", "tls", "connect_timeout"});
    Endpoint& endpoint = words.endpoint;
    if (const auto scheme = map.get("scheme")) endpoint.scheme = read_scheme(*scheme);
    const auto host = map.get("host");
    if (!host)
        throw config_error("config.missing", map.path_of("host"), "is missing", "Name the server's host.");
    endpoint.host = read_host(*host);
    if (const auto port = map.get("port")) endpoint.port = static_cast<std::uint16_t>(port->count(1, 65535));
    const auto user = map.get("user");
    if (!user) throw config_error("config.missing", map.path_of("user"), "is missing", "Name the account.");
    endpoint.user = user->text();
    if (const auto given = map.get("password"))
        password.offer(given->secret(), given->path(), given->node().origin);
    if (const auto file = map.get("password_file")) {
        if (!rules.files_allowed)
            throw config_error("config.not_allowed", file->path(), "is not allowed over HTTP",
                               "Send the password itself, over TLS or on the loopback interface.");
        password.offer(read_secret_file(file->text(), file->path()), file->path(), file->node().origin);
    }
    if (const auto tls = map.get("tls")) endpoint.tls = read_tls(*tls);
    if (const auto timeout = map.get("connect_timeout"))
        endpoint.connect_timeout =
            timeout->duration(std::chrono::milliseconds{100}, std::chrono::minutes{10});

    const auto database = map.get("database");
    const auto databases = map.get("databases");
    if (database && databases)
        throw config_error("config.conflict", databases->path(), "stands beside `database`",
                           "Keep one of them.");
    if (database) words.databases = {{{database->text(), {}}}, database->path(), database->node().origin};
    if (databases) words.databases = read_databases(*databases);
}

}  // namespace

EndpointWords read_endpoint(const MapReader& job, std::string_view side, const EndpointRules& rules) {
    const auto value = job.get(side);
    if (!value)
        throw config_error(
            "config.missing", side, "is missing",
            fmt::format("Say which server: --{} mysql://user@host:3306/database, or `{}:` in the "
                        "job file.",
                        side, side));
    EndpointWords words;
    PasswordChoice password;
    if (value->is_map()) {
        read_map(*value, rules, words, password);
    } else {
        if (value->node().kind != NodeKind::word && value->node().kind != NodeKind::text)
            value->wrong_type("a URL or a map");
        DatabaseUrl url = parse_database_url(value->node().text, value->path());
        if (url.has_password) password.offer(url.endpoint.password, value->path(), value->node().origin);
        if (!url.database.empty())
            words.databases = {{{url.database, {}}}, value->path(), value->node().origin};
        words.endpoint = std::move(url.endpoint);
    }
    if (const auto given = job.get(fmt::format("{}_password", side)))
        password.offer(given->secret(), given->path(), given->node().origin);
    if (const auto file = job.get(fmt::format("{}_password_file", side))) {
        if (!rules.files_allowed)
            throw config_error("config.not_allowed", file->path(), "is not allowed over HTTP",
                               "Send the password itself, over TLS or on the loopback interface.");
        password.offer(read_secret_file(file->text(), file->path()), file->path(), file->node().origin);
    }
    words.endpoint.password = password.take();
    return words;
}

}  // namespace transload::config

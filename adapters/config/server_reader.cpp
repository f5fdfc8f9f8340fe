#include "adapters/config/server_reader.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "adapters/config/config_error.hpp"
#include "adapters/config/database_url.hpp"
#include "adapters/config/secret_file.hpp"

namespace transload::config {
namespace {

[[noreturn]] void refuse_file(const std::string& path) {
    throw config_error("config.not_allowed", path, "is not allowed over HTTP",
                       "It names a file of the server's machine. Put the authority among those that the machine trusts "
                       "(update-ca-certificates), or run the job there with `transload migrate`.");
}

TlsOptions read_tls(const Value& value, const EndpointRules& rules) {
    TlsOptions tls;
    if (!value.is_map()) {
        tls.mode = value.choice<TlsMode>();
        return tls;
    }
    const MapReader map(value.node(), value.path(), {"mode", "ca", "cert", "key"});
    if (const auto mode = map.get("mode")) tls.mode = mode->choice<TlsMode>();
    const auto read_file = [&](std::string_view name, std::string& file) {
        const auto given = map.get(name);
        if (!given) return;
        if (!rules.files_allowed) refuse_file(given->path());
        file = given->text();
    };
    read_file("ca", tls.ca);
    read_file("cert", tls.cert);
    read_file("key", tls.key);
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

/// `url` and what may stand beside it.
void read_url(const Value& url, const MapReader* map, const ServerForm& form, const EndpointRules& rules, ServerWords& words,
              PasswordChoice& password) {
    if (url.node().kind != NodeKind::word && url.node().kind != NodeKind::text) url.wrong_type("a URL or a map");
    if (map != nullptr)
        for (const std::string_view key : server_keys())
            if (const auto part = map->get(key); part && key != "password" && key != "password_file")
                throw config_error("config.conflict", part->path(), "stands beside `url`", "Keep one of them.");
    DatabaseUrl parsed = parse_database_url(url.node().text, url.path(), form.more);
    check_url_files(parsed.endpoint.tls, url.path(), rules);
    if (parsed.has_password) password.offer(parsed.endpoint.password, url.path(), url.node().origin);
    if (!parsed.has_port) parsed.endpoint.port = form.default_port;
    words.endpoint = std::move(parsed.endpoint);
    words.database = std::move(parsed.database);
    words.more = std::move(parsed.more);
}

}  // namespace

void PasswordChoice::offer(Secret password, const std::string& path, Origin origin) {
    if (path_.empty() || origin > origin_) {
        password_ = std::move(password);
        path_ = path;
        origin_ = origin;
    } else if (origin == origin_) {
        throw config_error("config.conflict", path, fmt::format("the password is given by {} too", path_),
                           "Give it once.");
    }
}

void PasswordChoice::offer_keys(const MapReader& map, std::string_view password_key, std::string_view file_key,
                                const EndpointRules& rules) {
    if (const auto given = map.get(password_key)) offer(given->secret(), given->path(), given->node().origin);
    if (const auto file = map.get(file_key)) {
        if (!rules.files_allowed)
            throw config_error("config.not_allowed", file->path(), "is not allowed over HTTP",
                               "Send the password itself, over TLS or on the loopback interface.");
        offer(read_secret_file(file->text(), file->path()), file->path(), file->node().origin);
    }
}

void check_url_files(const TlsOptions& tls, const std::string& path, const EndpointRules& rules) {
    if (rules.files_allowed) return;
    if (!tls.ca.empty()) refuse_file(path + "?ca");
    if (!tls.cert.empty()) refuse_file(path + "?cert");
    if (!tls.key.empty()) refuse_file(path + "?key");
}

const std::vector<std::string_view>& server_keys() {
    static const std::vector<std::string_view> keys{"scheme",   "host",          "port", "user",
                                                    "password", "password_file", "tls",  "connect_timeout"};
    return keys;
}

Endpoint read_server_parts(const MapReader& map, const EndpointRules& rules, PasswordChoice& password) {
    Endpoint endpoint;
    if (const auto scheme = map.get("scheme")) endpoint.scheme = read_scheme(*scheme);
    const auto host = map.get("host");
    if (!host)
        throw config_error("config.missing", map.path_of("host"), "is missing", "Name the server's host.");
    endpoint.host = read_host(*host);
    if (const auto port = map.get("port")) endpoint.port = static_cast<std::uint16_t>(port->count(1, 65535));
    const auto user = map.get("user");
    if (!user) throw config_error("config.missing", map.path_of("user"), "is missing", "Name the account.");
    endpoint.user = user->text();
    password.offer_keys(map, "password", "password_file", rules);
    if (const auto tls = map.get("tls")) endpoint.tls = read_tls(*tls, rules);
    if (const auto timeout = map.get("connect_timeout"))
        endpoint.connect_timeout =
            timeout->duration(std::chrono::milliseconds{100}, std::chrono::minutes{10});
    return endpoint;
}

ServerWords read_server(const Value& value, const ServerForm& form, const EndpointRules& rules) {
    ServerWords words;
    PasswordChoice password;
    if (!value.is_map()) {
        read_url(value, nullptr, form, rules, words, password);
    } else {
        std::vector<std::string_view> keys{"url"};
        keys.insert(keys.end(), server_keys().begin(), server_keys().end());
        keys.insert(keys.end(), form.more.begin(), form.more.end());
        if (form.database) keys.push_back("database");
        const MapReader map(value.node(), value.path(), keys);
        if (const auto url = map.get("url")) {
            read_url(*url, &map, form, rules, words, password);
            password.offer_keys(map, "password", "password_file", rules);
        } else {
            if (!map.get("host"))
                throw config_error("config.missing", map.path_of("url"), "is missing",
                                   "Name the server by url, or by host, port and user.");
            words.endpoint = read_server_parts(map, rules, password);
            if (!map.get("port")) words.endpoint.port = form.default_port;
        }
        if (const auto database = map.get("database")) {
            if (!words.database.empty())
                throw config_error("config.conflict", database->path(), "is in the URL too", "Give it once.");
            words.database = database->text();
        }
        for (const std::string_view key : form.more) {
            const auto member = map.get(key);
            if (!member) continue;
            const std::string text = member->text();
            if (!words.more.emplace(key, text).second)
                throw config_error("config.conflict", member->path(), "is in the URL too", "Give it once.");
        }
    }
    words.has_password = password.given();
    words.endpoint.password = password.take();
    return words;
}

}  // namespace transload::config

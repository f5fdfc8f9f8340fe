#include "adapters/config/shardingsphere_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/config/config_error.hpp"
#include "adapters/config/units.hpp"

namespace transload::config {
namespace {

constexpr std::uint16_t proxy_port = 3307;  // ShardingSphere-Proxy's own default
constexpr std::size_t most_proxies = 64;

/// A node of ZooKeeper's tree.
void check_namespace(const std::string& name, const std::string& path) {
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    if (name.size() > 64 || name.find_first_not_of(allowed) != std::string::npos || name.front() == '.')
        throw config_error("config.value", path,
                           fmt::format("expected a namespace of letters, digits, '_', '-' and '.', got {}", shown(name)),
                           "It is `namespace` in the proxy's global.yaml.");
}

/// "host:port[,host:port]"
void check_zookeeper(const std::string& text, const std::string& path) {
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t comma = std::min(text.find(',', from), text.size());
        const std::string server = text.substr(from, comma - from);
        const std::size_t colon = server.rfind(':');
        const auto port = colon == std::string::npos ? std::nullopt : parse_count(server.substr(colon + 1));
        const bool host = colon != std::string::npos && colon > 0 &&
                          server.find_first_of(" /@?#") == std::string::npos;
        if (!host || !port || *port < 1 || *port > 65535)
            throw config_error("config.value", path,
                               fmt::format("expected host:port, several with commas between them, got {}", shown(text)));
        from = comma + 1;
    }
}

ProxyOptions read_proxy(const Value& value, const EndpointRules& rules, const std::optional<Secret>& common) {
    static const ServerForm form{proxy_port, {"namespace", "zookeeper"}, false};
    ServerWords words = read_server(value, form, rules);
    if (!words.database.empty())
        throw config_error("config.url", value.path(), "the URL of a proxy names a database",
                           "Leave it out: which logical database is used is Transload's business.");
    ProxyOptions proxy;
    proxy.endpoint = std::move(words.endpoint);
    if (!words.has_password && common) proxy.endpoint.password = *common;
    const auto path_of = [&](const char* key) { return fmt::format("{}.{}", value.path(), key); };
    if (const auto name = words.more.find("namespace"); name != words.more.end()) {
        check_namespace(name->second, path_of("namespace"));
        proxy.namespace_name = name->second;
    }
    if (const auto zookeeper = words.more.find("zookeeper"); zookeeper != words.more.end()) {
        check_zookeeper(zookeeper->second, path_of("zookeeper"));
        proxy.zookeeper = zookeeper->second;
    }
    return proxy;
}

void check_distinct(const std::vector<ProxyOptions>& proxies, const std::string& path) {
    for (std::size_t i = 0; i < proxies.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) {
            const Endpoint& one = proxies[j].endpoint;
            const Endpoint& other = proxies[i].endpoint;
            const std::string here = fmt::format("{}[{}]", path, i);
            if (one.host == other.host && one.port == other.port)
                throw config_error("config.conflict", here,
                                   fmt::format("names the proxy {}:{}, as {}[{}] does", other.host, other.port, path, j),
                                   "Name each proxy once.");
            if (proxies[i].namespace_name == proxies[j].namespace_name)
                throw config_error(
                    "config.conflict", here,
                    fmt::format("the proxies {}:{} and {}:{} share the namespace {}", one.host, one.port, other.host,
                                other.port, shown(proxies[i].namespace_name)),
                    "Give each proxy a ZooKeeper namespace of its own (namespace in its global.yaml) and name it: "
                    "{url: …, namespace: …}, or --proxy 'mysql://user@host:3307?namespace=…'. Proxies that share one "
                    "leave all work to one of them.");
        }
}

/// The items of a list; of a word from a flag or the environment, what is between its commas.
std::vector<Node> proxy_nodes(const Value& value) {
    std::vector<Node> nodes;
    if (value.is_list())
        nodes = value.node().items;
    else
        for (std::string& url : value.texts()) nodes.push_back(Node::word(std::move(url), value.node().origin));
    return nodes;
}

std::vector<ProxyOptions> read_proxies(const Value& value, const EndpointRules& rules,
                                       const std::optional<Secret>& common) {
    const std::vector<Node> nodes = proxy_nodes(value);
    if (nodes.size() > most_proxies) value.wrong_value(fmt::format("names more than {} proxies", most_proxies));
    std::vector<ProxyOptions> proxies;
    for (std::size_t i = 0; i < nodes.size(); ++i)
        proxies.push_back(read_proxy(Value(nodes[i], fmt::format("{}[{}]", value.path(), i)), rules, common));
    check_distinct(proxies, value.path());
    return proxies;
}

}  // namespace

ShardingSphereOptions read_shardingsphere(const Value& value, ShardingSphereOptions options,
                                          const EndpointRules& rules) {
    const MapReader map(value.node(), value.path(),
                        {"proxies", "password", "password_file", "tables_at_once", "read_threads", "write_threads",
                         "batch_size", "range_rows", "stall"});
    PasswordChoice password;
    password.offer_keys(map, "password", "password_file", rules);
    const std::optional<Secret> common = password.given() ? std::optional(password.take()) : std::nullopt;
    if (const auto proxies = map.get("proxies")) options.proxies = read_proxies(*proxies, rules, common);
    const auto small = [&](const char* key, unsigned& out, std::uint64_t most) {
        if (const auto number = map.get(key)) out = static_cast<unsigned>(number->count(1, most));
    };
    small("tables_at_once", options.tables_at_once, 64);
    small("read_threads", options.read_threads, 64);
    small("write_threads", options.write_threads, 64);
    if (const auto batch = map.get("batch_size")) options.batch_size = batch->count(1, 100'000);
    if (const auto rows = map.get("range_rows")) options.range_rows = rows->count(1'000, 1'000'000'000);
    if (const auto stall = map.get("stall"))
        options.stall = stall->duration(std::chrono::seconds{1}, std::chrono::minutes{10});
    return options;
}

}  // namespace transload::config

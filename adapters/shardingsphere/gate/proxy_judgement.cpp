#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "adapters/shardingsphere/gate/server_judgement.hpp"

namespace transload::shardingsphere {
namespace {

constexpr std::string_view only_version = "5.5.2";

/// The databases of the target, as "host:port/name".
std::set<std::string> places(const JobSpec& spec) {
    const auto place = [](const Endpoint& endpoint, const std::string& database) {
        return fmt::format("{}:{}/{}", endpoint.host, endpoint.port, database);
    };
    std::set<std::string> all;
    for (const DatabaseMapping& mapping : spec.databases) all.insert(place(spec.target, mapping.target));
    if (spec.sharding)
        for (const StorageUnit& unit : spec.sharding->units) all.insert(place(unit.endpoint, unit.database));
    return all;
}

std::set<std::string> logical_names(const JobSpec& spec) {
    if (spec.sharding) return {spec.sharding->database};
    std::set<std::string> names;
    for (const DatabaseMapping& mapping : spec.databases) names.insert(mapping.target);
    return names;
}

}  // namespace

std::vector<Reason> judge_proxies(const JobSpec& spec) {
    std::vector<Reason> reasons;
    const auto add = [&](GateId id, const Proxy& proxy, std::string message, std::string remedy = "") {
        reasons.push_back({id, proxy.options().endpoint.label(), std::move(message), std::move(remedy)});
    };
    std::set<std::string> namespaces;
    const std::set<std::string> known_places = places(spec), names = logical_names(spec);
    for (const ProxyOptions& options : spec.shardingsphere.proxies) {
        Proxy proxy(options, spec.shardingsphere.stall);
        const std::string label = options.endpoint.label();
        if (const std::string version = proxy.self().version; version != only_version)
            add("shardingsphere.proxy_version", proxy, fmt::format("{} is of version {}", label, version));
        const ProxyMode mode = proxy.mode();
        if (mode.type != "Cluster" || mode.repository != "ZooKeeper") {
            add("shardingsphere.proxy_mode", proxy,
                fmt::format("{} runs in mode {} {}", label, mode.type, mode.repository));
            continue;
        }
        if (mode.namespace_name != options.namespace_name)
            add("shardingsphere.proxy_namespace", proxy,
                fmt::format("{} is in the namespace {}, the job says {}", label, mode.namespace_name,
                            options.namespace_name),
                fmt::format("namespace: {}", mode.namespace_name));
        else if (!namespaces.insert(mode.server_lists + "/" + mode.namespace_name).second)
            add("shardingsphere.proxy_namespace", proxy,
                fmt::format("{} shares the namespace {} with another proxy of the job", label,
                            mode.namespace_name));
        const std::vector<std::string> databases = proxy.databases();
        for (const std::string& name : names) {
            if (std::find(databases.begin(), databases.end(), name) == databases.end()) continue;
            for (const UnitRow& unit : proxy.storage_units(name)) {
                const std::string place = fmt::format("{}:{}/{}", unit.host, unit.port, unit.database);
                if (known_places.contains(place)) continue;
                add("shardingsphere.proxy_database", proxy,
                    fmt::format("{} has a database {} with the storage unit {} at {}", label, name, unit.name,
                                place));
                break;
            }
        }
    }
    return reasons;
}

std::string parser_refusal(Proxy& proxy, const std::string& statement) {
    try {
        (void)proxy.run("PARSE " + statement);
        return {};
    } catch (const ProxyError& error) {
        if (error.no_answer()) throw;
        // One line: a message of the proxy's may bring its own stack.
        const std::string message = error.message();
        return message.substr(0, std::min<std::size_t>(message.find('\n'), 200));
    }
}

}  // namespace transload::shardingsphere

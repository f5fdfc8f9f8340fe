#include "orchestrator/codec/shardingsphere_json.hpp"

#include "orchestrator/codec/endpoint_json.hpp"

namespace transload::codec {
namespace {

const Json& map_of(const Json& object, const char* member) {
    static const Json none = Json::object();
    const Json* value = find(object, member);
    if (value == nullptr) return none;
    if (!value->is_object()) malformed(member, "a map");
    return *value;
}

Json rule_json(const ShardingRule& rule) {
    Json properties = Json::object();
    for (const auto& [name, value] : rule.properties) properties[name] = value;
    return {{"units", rule.units},
            {"column", rule.column},
            {"algorithm", rule.algorithm},
            {"properties", std::move(properties)}};
}

ShardingRule rule_from(const std::string& table, const Json& object) {
    ShardingRule rule;
    rule.table = table;
    read_texts(object, "units", rule.units);
    read(object, "column", rule.column);
    read(object, "algorithm", rule.algorithm);
    for (const auto& [name, value] : map_of(object, "properties").items()) {
        if (!value.is_string()) malformed("properties", "a map of texts");
        rule.properties[name] = value.get<std::string>();
    }
    return rule;
}

}  // namespace

Json shardingsphere_json(const ShardingSphereOptions& options) {
    Json proxies = Json::array();
    for (const ProxyOptions& proxy : options.proxies) {
        Json item = endpoint_json(proxy.endpoint);
        item["namespace"] = proxy.namespace_name;
        if (!proxy.zookeeper.empty()) item["zookeeper"] = proxy.zookeeper;
        proxies.push_back(std::move(item));
    }
    return {{"proxies", std::move(proxies)},
            {"tables_at_once", options.tables_at_once},
            {"read_threads", options.read_threads},
            {"write_threads", options.write_threads},
            {"batch_size", options.batch_size},
            {"range_rows", options.range_rows},
            {"stall", text_of(options.stall)}};
}

ShardingSphereOptions shardingsphere_from(const Json& object) {
    ShardingSphereOptions options;
    for (const Json& item : list(object, "proxies")) {
        ProxyOptions proxy;
        proxy.endpoint = endpoint_from(item);
        read(item, "namespace", proxy.namespace_name);
        read(item, "zookeeper", proxy.zookeeper);
        options.proxies.push_back(std::move(proxy));
    }
    read_small(object, "tables_at_once", options.tables_at_once);
    read_small(object, "read_threads", options.read_threads);
    read_small(object, "write_threads", options.write_threads);
    read(object, "batch_size", options.batch_size);
    read(object, "range_rows", options.range_rows);
    read(object, "stall", options.stall);
    return options;
}

Json sharding_json(const ShardedTarget& target) {
    Json units = Json::object();
    for (const StorageUnit& unit : target.units) {
        units[unit.name] = endpoint_json(unit.endpoint);
        units[unit.name]["database"] = unit.database;
    }
    Json tables = Json::object();
    for (const ShardingRule& rule : target.rules) tables[rule.table] = rule_json(rule);
    return {{"database", target.database},
            {"default_unit", target.default_unit},
            {"units", std::move(units)},
            {"tables", std::move(tables)},
            {"leave_out_unsupported", target.leave_out_unsupported}};
}

ShardedTarget sharding_from(const Json& object) {
    ShardedTarget target;
    read(object, "database", target.database);
    read(object, "default_unit", target.default_unit);
    for (const auto& [name, value] : map_of(object, "units").items()) {
        StorageUnit unit;
        unit.name = name;
        unit.endpoint = endpoint_from(value);
        read(value, "database", unit.database);
        target.units.push_back(std::move(unit));
    }
    for (const auto& [table, value] : map_of(object, "tables").items())
        target.rules.push_back(rule_from(table, value));
    read(object, "leave_out_unsupported", target.leave_out_unsupported);
    return target;
}

}  // namespace transload::codec

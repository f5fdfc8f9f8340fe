#include "adapters/mysql/sharded_target.hpp"

#include <strings.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "adapters/mysql/quoting.hpp"

namespace transload::mysql {
namespace {

/// A proxy that hangs must not hold a job for ever; a COUNT(*) over all shards must have its time.
constexpr std::chrono::minutes answer_limit(30);

constexpr std::chrono::milliseconds look_limit(10'000), look_pause(100);

bool same_name(std::string_view left, std::string_view right) {
    return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
}

const StorageUnit& unit_of(const ShardedTarget& target, std::string_view name, std::string_view node) {
    for (const StorageUnit& unit : target.units)
        if (same_name(unit.name, name)) return unit;
    throw Error(ErrorKind::failed, "sharding.unknown_unit", std::string(node),
                "the proxy keeps rows in a storage unit that the job does not name",
                "list all units of the logical database under sharding.units, or drop the rule on the proxy "
                "(DROP SHARDING TABLE RULE) and begin anew");
}

/// The proxy's own "no such table", and MySQL's as a unit would say it.
bool is_unknown_table(unsigned code) { return code == 10002 || code == 1146 || code == 1051; }

bool knows(Connection& proxy, const std::string& table) {
    try {
        static_cast<void>(proxy.query("SHOW CREATE TABLE " + quote_name(table)));
        return true;
    } catch (const ServerError& error) {
        if (!is_unknown_table(error.code())) throw;
        return false;
    }
}

}  // namespace

Connection connect_logical(const JobSpec& spec) {
    std::string said;
    ErrorKind kind = ErrorKind::failed;
    for (const ProxyOptions& proxy : spec.shardingsphere.proxies) {
        try {
            ConnectOptions options;
            options.database = spec.sharding->database;
            options.read_timeout = answer_limit;
            return Connection(proxy.endpoint, options);
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::transient) kind = ErrorKind::transient;
            said += (said.empty() ? "" : "; ") + proxy.endpoint.label() + ": " + error.message();
        }
    }
    throw Error(kind, "sharding.no_proxy", spec.sharding->database,
                said.empty() ? "the job names no proxy" : "no proxy answers: " + said,
                "start ShardingSphere-Proxy, or correct shardingsphere.proxies in the job");
}

Connection connect_unit(const StorageUnit& unit, SessionProfile profile) {
    ConnectOptions options;
    options.profile = profile;
    options.database = unit.database;
    return Connection(unit.endpoint, options);
}

std::vector<ShardNode> shard_nodes(Connection& proxy, const ShardedTarget& target, std::string_view table) {
    std::vector<ShardNode> nodes;
    // All rules are listed and chosen from here: no name has to be brought into DistSQL's grammar.
    const Result listed = proxy.query("SHOW SHARDING TABLE NODES");
    const std::size_t name = listed.column("name"), places = listed.column("nodes");
    for (const Row& row : listed.rows) {
        if (!same_name(row.at(name).value_or(""), table)) continue;
        std::string_view rest = row.at(places) ? std::string_view(*row.at(places)) : std::string_view();
        while (!rest.empty()) {
            const std::size_t comma = rest.find(", ");
            const std::string_view node = rest.substr(0, comma);
            rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 2);
            const std::size_t point = node.find('.');
            if (point == std::string_view::npos) continue;
            nodes.push_back({&unit_of(target, node.substr(0, point), node), std::string(node.substr(point + 1))});
        }
    }
    return nodes;
}

bool make_known(Connection& proxy, const ShardedTarget& target, const std::string& table) {
    if (knows(proxy, table)) return true;
    for (const ShardNode& node : shard_nodes(proxy, target, table)) {
        Connection unit = connect_unit(*node.unit, SessionProfile::general);
        if (!unit.scalar("SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = " +
                         quote_text(node.table)))
            continue;
        proxy.execute("REFRESH TABLE METADATA");
        // Proxies tell each other by way of ZooKeeper, and themselves too.
        for (auto waited = std::chrono::milliseconds(0); waited < look_limit; waited += look_pause) {
            if (knows(proxy, table)) return true;
            std::this_thread::sleep_for(look_pause);
        }
        return knows(proxy, table);
    }
    return false;
}

}  // namespace transload::mysql

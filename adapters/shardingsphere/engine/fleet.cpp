#include "adapters/shardingsphere/engine/fleet.hpp"

#include <algorithm>

#include "adapters/shardingsphere/distsql/proxy_error.hpp"

namespace transload::shardingsphere {
namespace {

constexpr std::chrono::milliseconds between_tries{1'000};
/// Servers of an ensemble that are behind may show for so long what was removed.
constexpr std::chrono::seconds removal_limit{3};
constexpr std::chrono::milliseconds between_reads{100};

std::string zookeeper_servers(Station& station) {
    const std::string& told = station.proxy.options().zookeeper;
    return told.empty() ? station.proxy.mode().server_lists : told;
}

/// Waits until ZooKeeper has the migration no more.
void wait_until_gone(Station& station, const std::string& id, const RunControl& control) {
    const auto end = std::chrono::steady_clock::now() + removal_limit;
    while (Fleet::positions_of(station).has(id)) {
        if (std::chrono::steady_clock::now() > end)
            throw cut_off_proxy(station.proxy.options().endpoint.label(), id);
        control.sleep(between_reads);
    }
}

}  // namespace

Fleet::Fleet(const JobSpec& spec) {
    for (const ProxyOptions& options : spec.shardingsphere.proxies)
        stations_.emplace_back(options, spec.shardingsphere.stall);
}

Station& Fleet::station(const std::string& name) {
    const auto found =
        std::find_if(stations_.begin(), stations_.end(), [&](const Station& station) { return station.name == name; });
    if (found != stations_.end()) return *found;
    throw Error(ErrorKind::failed, "shardingsphere.unknown_proxy", name,
                "the job began on the proxy of namespace " + name + ", which its options do not name any more",
                "name it again under shardingsphere.proxies");
}

bool Fleet::reach(Station& station, RunControl& control, const std::function<void()>& act) {
    try {
        act();
    } catch (const ProxyError& error) {
        if (!error.no_answer()) throw;
        if (!station.lost) {
            station.lost = true;
            station.lost_since = std::chrono::steady_clock::now();
            control.event(Severity::warning, "data.run", error.object(),
                          "the proxy of namespace " + station.name + " does not answer: " + error.message());
        }
        return false;
    }
    if (station.lost) {
        station.lost = false;
        control.event(Severity::info, "data.run", station.proxy.options().endpoint.label(),
                      "the proxy of namespace " + station.name + " answers again");
    }
    return true;
}

void Fleet::insist(RunControl& control, std::chrono::milliseconds limit, const std::function<void()>& act) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (true) {
        try {
            act();
            return;
        } catch (const ProxyError& error) {
            if (error.kind() != ErrorKind::transient || std::chrono::steady_clock::now() > end) throw;
        }
        control.sleep(between_tries);
    }
}

void Fleet::identify(Station& station) { station.node = station.proxy.self().instance_id; }

ZooKeeperPositions& Fleet::positions_of(Station& station) {
    if (!station.positions)
        station.positions = std::make_unique<ZooKeeperPositions>(zookeeper_servers(station), station.name);
    return *station.positions;
}

void Fleet::require_gone(Station& station, const std::string& migration_id, const RunControl& control) {
    if (station.positions || !zookeeper_servers(station).empty()) wait_until_gone(station, migration_id, control);
}

std::vector<MigrationEntry> Fleet::migrations(Station& station, const RunControl& control) {
    std::vector<MigrationEntry> list = station.proxy.migrations();
    if (!station.positions && zookeeper_servers(station).empty()) return list;
    const auto lists = [&](const std::string& id) {
        return std::any_of(list.begin(), list.end(), [&](const MigrationEntry& entry) { return entry.id == id; });
    };
    for (const std::string& id : positions_of(station).migrations()) {
        if (lists(id)) continue;
        list = station.proxy.migrations();  // it may have been made, or removed, since
        if (!lists(id)) wait_until_gone(station, id, control);
    }
    return list;
}

}  // namespace transload::shardingsphere

#include "adapters/shardingsphere/engine/fleet.hpp"

#include <algorithm>

namespace transload::shardingsphere {
namespace {

constexpr std::chrono::milliseconds between_tries{1'000};

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

void Fleet::identify(Station& station) {
    // A namespace is one proxy's own, so that there is one node; what is left of its former instances is not OK.
    std::string node;
    for (const ComputeNode& candidate : station.proxy.compute_nodes())
        if (candidate.status == "OK" || node.empty()) node = candidate.instance_id;
    station.node = node;
}

ZooKeeperPositions& Fleet::positions_of(Station& station) {
    if (!station.positions) {
        std::string servers = station.proxy.options().zookeeper;
        if (servers.empty()) servers = station.proxy.mode().server_lists;
        station.positions = std::make_unique<ZooKeeperPositions>(servers, station.name);
    }
    return *station.positions;
}

}  // namespace transload::shardingsphere

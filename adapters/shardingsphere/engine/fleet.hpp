#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "adapters/shardingsphere/distsql/proxy.hpp"
#include "adapters/shardingsphere/engine/standstill.hpp"
#include "adapters/shardingsphere/engine/zookeeper_positions.hpp"
#include "orchestrator/plan/job_spec.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload::shardingsphere {

/// One proxy of the job, and whether it answers.
struct Station {
    explicit Station(const ProxyOptions& options, std::chrono::milliseconds stall)
        : proxy(options, stall), name(options.namespace_name) {}

    Proxy proxy;
    std::string name;  ///< its namespace: what the registry knows it by
    std::string node;  ///< instance that answered last; another one after a restart
    std::unique_ptr<ZooKeeperPositions> positions;  ///< made at the first need, see positions_of
    bool lost = false;
    std::chrono::steady_clock::time_point lost_since{};
};

/// The proxies of a job, and what is known of them from call to call of the engine. Not thread-safe.
class Fleet {
  public:
    explicit Fleet(const JobSpec& spec);

    [[nodiscard]] std::deque<Station>& stations() noexcept { return stations_; }
    /// Throws Error when the job's options name no such proxy any more.
    [[nodiscard]] Station& station(const std::string& name);

    /// Runs `act`. False when the proxy gave no answer: the station is then lost, with an event the first time; with an
    /// event it is found again. Other errors pass.
    bool reach(Station& station, RunControl& control, const std::function<void()>& act);

    /// Repeats `act` while a proxy gives no answer, or is not ready; throws the last error when `limit` has passed.
    static void insist(RunControl& control, std::chrono::milliseconds limit, const std::function<void()>& act);

    /// Asks who the station is: its instance id. Throws ProxyError.
    static void identify(Station& station);

    /// The station's migrations' positions: in ZooKeeper where the options say it is, else where the proxy does.
    [[nodiscard]] static ZooKeeperPositions& positions_of(Station& station);

    /// A proxy that does not reach ZooKeeper says that it has no migrations, and takes orders to end one without a word. So
    /// what it has no more, by its own word, is gone when ZooKeeper has not got it either. Throws ProxyError, no_answer(),
    /// when ZooKeeper has it for seconds; Error "shardingsphere.zookeeper" when that can't be asked. Where nobody says where
    /// ZooKeeper is, the proxy is believed.
    static void require_gone(Station& station, const std::string& migration_id, const RunControl& control);

    /// SHOW MIGRATION LIST, which holds all that ZooKeeper has. Throws as `require_gone`.
    [[nodiscard]] static std::vector<MigrationEntry> migrations(Station& station, const RunControl& control);

    /// Errors of a table in this run, by its number in the registry, and whether the source took no writes then.
    std::map<std::pair<unsigned, bool>, unsigned> failures;
    /// When a table's next migration may begin at the earliest, by its number.
    std::map<unsigned, std::chrono::steady_clock::time_point> not_before;
    /// Since when a table's migration seems stopped, by its number.
    std::map<unsigned, std::chrono::steady_clock::time_point> inactive_since;
    /// How far inventories and positions have come, and whether they still move.
    Standstill inventories, positions;
    /// Where the source's log stood when a table's position was first seen where it is, by the table's number.
    std::map<unsigned, BinlogPosition> source_then;
    /// How many rows it had processed when that was asked for last, by the table's number.
    std::map<unsigned, std::uint64_t> rows_then;
    /// Places of the source's log that are not applied yet, and when they were seen: the first is the lag.
    std::deque<std::pair<std::chrono::steady_clock::time_point, BinlogPosition>> source_seen;

  private:
    std::deque<Station> stations_;
};

}  // namespace transload::shardingsphere

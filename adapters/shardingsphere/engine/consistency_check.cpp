#include "adapters/shardingsphere/engine/consistency_check.hpp"

#include <algorithm>
#include <deque>

namespace transload::shardingsphere {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds between_looks{200};
constexpr unsigned tries = 2;

struct Check {
    TableRecord* record = nullptr;
    unsigned begun = 0;
    bool running = false;
    bool finished = false;
};

class Checks {
  public:
    Checks(const DataJob& job, Migrations& migrations, RunControl& control)
        : job_(job), migrations_(migrations), control_(control) {
        for (TableRecord& record : migrations.records())
            if (record.phase == Phase::following) checks_.push_back({&record});
    }

    std::vector<TableName> run() {
        while (!look()) control_.sleep(between_looks);
        return different_;
    }

  private:
    /// True when all have finished.
    bool look() {
        bool all = true;
        for (Station& station : migrations_.fleet().stations()) {
            // Checks are asked for anew after a proxy has come back, so that nothing is taken for true unseen.
            if (!migrations_.fleet().reach(station, control_, [&] { all = look(station) && all; })) {
                require_soon(station);
                forget_running(station);
                all = all && none_of(station);
            }
        }
        return all;
    }

    bool look(Station& station) {
        bool all = true;
        unsigned running = 0;
        for (Check& check : checks_) {
            if (check.finished || check.record->proxy != station.name) continue;
            control_.check();
            station.proxy.use(check.record->logical_database);
            if (check.running) watch(station, check);
            if (check.running) ++running;
        }
        for (Check& check : checks_) {
            if (check.finished || check.record->proxy != station.name) continue;
            all = false;
            if (check.running || running >= job_.spec.shardingsphere.tables_at_once) continue;
            station.proxy.use(check.record->logical_database);
            begin(station, check);
            ++running;
        }
        return all;
    }

    void begin(Station& station, Check& check) {
        const std::string& id = check.record->migration_id;
        // One that was left by an earlier run, or in error, would answer for this one.
        if (station.proxy.check_status(id) || check.begun > 0) drop(station, id);
        station.proxy.check_migration(id, job_.spec.shardingsphere.batch_size);
        ++check.begun;
        check.running = true;
    }

    static void drop(Station& station, const std::string& id) {
        try {
            station.proxy.drop_check(id);
        } catch (const ProxyError& error) {
            constexpr unsigned no_check = 18112;
            if (error.code() != no_check) throw;
        }
    }

    void watch(Station& station, Check& check) {
        const auto status = station.proxy.check_status(check.record->migration_id);
        if (!status) return;
        if (!status->error_message.empty()) {
            const std::string line = status->error_message.substr(0, status->error_message.find('\n'));
            if (check.begun >= tries)
                throw Error(ErrorKind::failed, "shardingsphere.check_failed", check.record->source.display(),
                            "ShardingSphere can't compare the table: " + line,
                            "look at the log of the proxy of namespace " + station.name + ", then retry the job");
            check.running = false;
            return;
        }
        if (status->active || !status->result) return;
        check.running = false;
        check.finished = true;
        if (!*status->result) different_.push_back(check.record->source);
    }

    void require_soon(const Station& station) const {
        if (none_of(station)) return;
        if (std::chrono::steady_clock::now() - station.lost_since < job_.spec.cutover.timeout) return;
        throw Error(ErrorKind::transient, "shardingsphere.proxy_lost", station.proxy.options().endpoint.label(),
                    "the proxy of namespace " + station.name + " was lost while it compared tables",
                    "start it again with the same ZooKeeper namespace");
    }

    [[nodiscard]] bool none_of(const Station& station) const {
        return std::none_of(checks_.begin(), checks_.end(), [&](const Check& check) {
            return !check.finished && check.record->proxy == station.name;
        });
    }

    void forget_running(const Station& station) {
        for (Check& check : checks_)
            if (check.record->proxy == station.name) check.running = false;
    }

    const DataJob& job_;
    Migrations& migrations_;
    RunControl& control_;
    std::deque<Check> checks_;
    std::vector<TableName> different_;
};

}  // namespace

std::vector<TableName> check_consistency(const DataJob& job, Migrations& migrations, RunControl& control) {
    return Checks(job, migrations, control).run();
}

}  // namespace transload::shardingsphere

#include "adapters/shardingsphere/engine/consistency_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

namespace transload::shardingsphere {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds between_looks{200};
constexpr unsigned tries = 2;
/// A check without a write stop keeps nobody waiting.
constexpr std::chrono::minutes patience_at_rest{10};
constexpr std::chrono::seconds least_patience{60};

struct Check {
    TableRecord* record = nullptr;
    unsigned begun = 0;
    bool running = false;
    bool finished = false;
};

class Checks {
  public:
    Checks(const DataJob& job, Migrations& migrations, RunControl& control, milliseconds patience)
        : job_(job), migrations_(migrations), control_(control), patience_(patience) {
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
        if (status && !status->error_message.empty())
            return again(station, check, status->error_message.substr(0, status->error_message.find('\n')));
        if (!status || status->active || !status->result) {
            // A check that hangs has no error, and the source's writers wait for it.
            const std::string shown = status ? fmt::format("{}%", status->inventory_percentage) : "nothing";
            if (standstill_.look(check.record->number, fmt::format("{} {}", check.begun, shown)) > patience_)
                again(station, check,
                      fmt::format("the comparison has stood still at {} for {} s", shown, patience_.count() / 1000));
            return;
        }
        check.running = false;
        check.finished = true;
        if (!*status->result) different_.push_back(check.record->source);
    }

    /// Once more, from the start; the second time it is the table's or the proxy's fault.
    static void again(const Station& station, Check& check, const std::string& why) {
        if (check.begun >= tries)
            throw Error(ErrorKind::failed, "shardingsphere.check_failed", check.record->source.display(),
                        "ShardingSphere can't compare the table: " + why,
                        "look at the log of the proxy of namespace " + station.name + ", then retry the job");
        check.running = false;
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
    std::chrono::milliseconds patience_;
    Standstill standstill_;
    std::deque<Check> checks_;
    std::vector<TableName> different_;
};

}  // namespace

std::vector<TableName> check_consistency(const DataJob& job, Migrations& migrations, RunControl& control,
                                         milliseconds patience) {
    return Checks(job, migrations, control, patience).run();
}

milliseconds check_patience(const JobSpec& spec) {
    if (spec.cutover.mode == CutoverMode::none) return patience_at_rest;
    return std::max<milliseconds>(spec.cutover.timeout, least_patience);
}

}  // namespace transload::shardingsphere

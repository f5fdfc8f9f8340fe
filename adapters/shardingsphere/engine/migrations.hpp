#pragma once
#include <string>
#include <vector>

#include "adapters/shardingsphere/engine/fleet.hpp"
#include "adapters/shardingsphere/engine/registry.hpp"
#include "orchestrator/ports/data_engine.hpp"

namespace transload::shardingsphere {

/// The job's migrations on its proxies: begun in waves, watched, begun anew where they were lost. What a proxy does is
/// asked from it at every look; what is remembered is only which migration belongs to which table. Not thread-safe.
class Migrations {
  public:
    /// Reads the registry, and makes in it what it lacks of the job's tables. `fleet` outlives this.
    Migrations(const DataJob& job, Fleet& fleet, RunControl& control);

    /// Gives every table a proxy that answers, prepares these proxies and puts single tables under staging names.
    void prepare();

    /// One look at every proxy: begins what waits, follows what runs, begins anew what died. A table that dies again is
    /// postponed where the job has a write stop; Error otherwise. Throws Error when a proxy has not answered for minutes.
    void tend();

    /// A table that can't go on as it is, because of `what`: begun anew, the second time postponed or an Error.
    void trouble(TableRecord& record, const std::string& what);

    /// The source takes no writes: what was postponed may begin.
    void source_is_still() noexcept { still_ = true; }

    /// Stops all migrations; `tend` starts them again. Proxies that do not answer are an event.
    void halt();

    /// Begins these tables anew.
    void redo(const std::vector<TableName>& sources);

    /// Puts a single table, empty, under its own name and forgets it: another engine carries it.
    void give_up(const TableName& source);

    /// Ends a migration on its proxy and forgets it there, or remembers it as an orphan when the proxy does not answer.
    /// The table stays, except a sharded one with `drop`, which the proxy then drops on all its shards.
    /// `without_asking`: the proxy is known not to answer.
    void retire(TableRecord& record, bool drop, bool without_asking = false);

    /// Ends migrations that were left on proxies that did not answer then. False while some are left.
    bool bury_orphans();

    /// Asks what became of COMMIT MIGRATION where an earlier run ended in the middle: tables whose migration lives are
    /// followed again, the others are committed. The source may have taken writes since.
    void settle_commits();

    /// All tables follow, but for those that wait for the write stop.
    [[nodiscard]] bool all_following() const;
    [[nodiscard]] std::vector<TableRecord>& records() noexcept { return records_; }
    [[nodiscard]] Registry& registry() noexcept { return registry_; }
    [[nodiscard]] Fleet& fleet() noexcept { return fleet_; }
    [[nodiscard]] const TablePlan* plan_of(const TableRecord& record) const;

  private:
    void prepare_proxies();
    void make_ready(TableRecord& record);
    void require_absent(const TableRecord& record);
    void assign(const std::string& not_to);
    void tend(Station& station);
    void bury_orphans(Station& station);
    [[nodiscard]] bool may_begin(const TableRecord& record) const;
    void begin(Station& station, TableRecord& record, const std::vector<MigrationEntry>& list);
    void watch(Station& station, TableRecord& record);
    void end_migration(Station& station, const std::string& id, bool drop);
    void begin_anew(TableRecord& record, const std::string& why, bool without_asking = false);
    void failed(TableRecord& record, const std::string& trace);
    void move_from_lost_proxies();
    void publish(const TableRecord& record, double share);
    [[nodiscard]] std::string find_migration(const TableRecord& record, const std::vector<MigrationEntry>& list);

    const DataJob& job_;
    RunControl& control_;
    Registry registry_;
    Fleet& fleet_;
    std::vector<TableRecord> records_;
    bool still_ = false;
};

}  // namespace transload::shardingsphere

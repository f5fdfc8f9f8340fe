#include "adapters/shardingsphere/engine/proxy_setup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "adapters/shardingsphere/engine/names.hpp"

namespace transload::shardingsphere {
namespace {

using std::chrono::seconds;

/// A proxy answers DistSQL a moment before it knows what it was told: registrations need this at most.
constexpr seconds settle_limit{30};
constexpr unsigned database_exists = 1007;

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool has_unit(const std::vector<UnitRow>& units, const std::string& name) {
    return std::any_of(units.begin(), units.end(), [&](const UnitRow& unit) { return unit.name == name; });
}

class Preparation {
  public:
    Preparation(const DataJob& job, Registry& registry, Station& station, RunControl& control)
        : job_(job), registry_(registry), station_(station), proxy_(station.proxy), control_(control) {}

    void run() {
        const std::vector<DatabaseMapping>& mappings = job_.spec.databases;
        std::vector<std::string> logical;
        for (std::size_t i = 0; i < mappings.size(); ++i) {
            if (!used(mappings[i])) continue;
            const std::string database = ensure_database(i);
            proxy_.use(database);
            if (job_.spec.sharding)
                ensure_shards(database);
            else
                ensure_unit(database, {target_unit_name(job_.id, i), job_.spec.target, mappings[i].target});
            proxy_.set_default_single_unit(job_.spec.sharding ? job_.spec.sharding->default_unit
                                                              : target_unit_name(job_.id, i));
            ensure_source_unit({source_unit_name(job_.id, i), job_.spec.source, mappings[i].source});
        }
        ensure_rule();
    }

  private:
    [[nodiscard]] bool used(const DatabaseMapping& mapping) const {
        return std::any_of(job_.tables.begin(), job_.tables.end(),
                           [&](const TablePlan& plan) { return plan.source.database == mapping.source; });
    }

    std::string ensure_database(std::size_t mapping) {
        const std::string& target = job_.spec.databases[mapping].target;
        std::string name = logical_database(registry_.objects(), station_.name, target);
        bool recorded = !name.empty();
        for (bool taken = false;; taken = true) {
            const std::vector<std::string> there = proxy_.databases();
            if (name.empty()) {
                name = free_database(mapping, there, taken);
                registry_.add_object({station_.name, "database", target, name});
            }
            if (contains(there, name)) {
                if (recorded && !is_anothers(name)) return name;
            } else if (create_database(name)) {
                return name;
            } else if (recorded) {  // an answer may have been lost: it is looked at
                wait_until("database " + name, [&] { return contains(proxy_.databases(), name); });
                if (!is_anothers(name)) return name;
            }
            // Somebody made it between our look and our statement. What is recorded is dropped one day.
            registry_.remove_object({station_.name, "database", target, name});
            if (job_.spec.sharding || taken) refuse_database(name);
            name.clear();
            recorded = false;
        }
    }

    [[nodiscard]] std::string free_database(std::size_t mapping, const std::vector<std::string>& there, bool taken) const {
        if (job_.spec.sharding) {
            if (contains(there, job_.spec.sharding->database)) refuse_database(job_.spec.sharding->database);
            return job_.spec.sharding->database;
        }
        const std::string& target = job_.spec.databases[mapping].target;
        const std::string name = logical_database_name(job_.id, mapping, target, false);
        return taken || contains(there, name) ? logical_database_name(job_.id, mapping, target, true) : name;
    }

    [[noreturn]] void refuse_database(const std::string& name) const {
        throw Error(ErrorKind::failed, "shardingsphere.database_exists", name,
                    "the proxy of namespace " + station_.name + " has a logical database " + name +
                        " already, and this job did not make it",
                    "choose another name for the target's database, or drop it on the proxy");
    }

    /// Units are recorded before they are made: a database with units, none of which is, is not the job's.
    [[nodiscard]] bool is_anothers(const std::string& database) const {
        for (const ProxyObject& object : registry_.objects())
            if (object.proxy == station_.name && object.kind == "unit" && object.database == database) return false;
        return !proxy_.storage_units(database).empty();
    }

    /// False when there is one of that name; the proxy takes names that differ in case for one.
    bool create_database(const std::string& name) {
        try {
            proxy_.create_database(name);
        } catch (const ProxyError& error) {
            if (error.code() != database_exists) throw;
            return false;
        }
        wait_until("database " + name, [&] { return contains(proxy_.databases(), name); });
        return true;
    }

    void ensure_unit(const std::string& database, const UnitDefinition& unit) {
        if (has_unit(proxy_.storage_units(database), unit.name)) return;
        registry_.add_object({station_.name, "unit", database, unit.name});
        proxy_.register_storage_unit(unit);
        wait_until("storage unit " + unit.name, [&] { return has_unit(proxy_.storage_units(database), unit.name); });
    }

    void ensure_source_unit(const UnitDefinition& unit) {
        if (has_unit(proxy_.source_units(), unit.name)) return;
        registry_.add_object({station_.name, "source_unit", "", unit.name});
        proxy_.register_source_unit(unit);
        wait_until("source unit " + unit.name, [&] { return has_unit(proxy_.source_units(), unit.name); });
    }

    void ensure_shards(const std::string& database) {
        for (const StorageUnit& unit : job_.spec.sharding->units)
            ensure_unit(database, {unit.name, unit.endpoint, unit.database});
        for (const ShardingRule& rule : job_.spec.sharding->rules) {
            // Another proxy that carries the table needs the rule as well as one that only reads it later.
            if (contains(proxy_.sharding_rules(), rule.table)) continue;
            registry_.add_object({station_.name, "rule", database, rule.table});
            proxy_.create_sharding_rule(rule);
            wait_until("sharding rule of " + rule.table,
                       [&] { return contains(proxy_.sharding_rules(), rule.table); });
        }
    }

    /// The rule is the proxy's, not the job's: it is told only when a migration of this job begins with other numbers.
    void ensure_rule() {
        const ShardingSphereOptions& options = job_.spec.shardingsphere;
        MigrationRule rule;
        rule.read_threads = options.read_threads;
        rule.read_batch = options.batch_size;
        rule.sharding_size = options.range_rows;
        rule.write_threads = options.write_threads;
        rule.write_batch = options.batch_size;
        rule.rows_per_second = job_.spec.limits.rows_per_second;
        proxy_.set_migration_rule(rule);
    }

    template <class Condition>
    void wait_until(const std::string& what, Condition holds) {
        const auto end = std::chrono::steady_clock::now() + settle_limit;
        while (!holds()) {
            if (std::chrono::steady_clock::now() > end)
                throw Error(ErrorKind::transient, "shardingsphere.not_registered", what,
                            fmt::format("the proxy of namespace {} accepted {} and does not show it after {} s",
                                        station_.name, what, settle_limit.count()),
                            "look at the proxy's log");
            control_.sleep(std::chrono::milliseconds(100));
        }
    }

    const DataJob& job_;
    Registry& registry_;
    Station& station_;
    Proxy& proxy_;
    RunControl& control_;
};

}  // namespace

void prepare_proxy(const DataJob& job, Registry& registry, Station& station, RunControl& control) {
    Preparation(job, registry, station, control).run();
}

std::string logical_database(const std::vector<ProxyObject>& objects, const std::string& proxy,
                             const std::string& target_database) {
    for (const ProxyObject& object : objects)
        if (object.proxy == proxy && object.kind == "database" && object.database == target_database) return object.name;
    return {};
}

void clean_proxy(Registry& registry, Station& station, bool all, RunControl& control) {
    Proxy& proxy = station.proxy;
    const std::vector<ProxyObject> objects = registry.objects();
    const auto each = [&](std::string_view kind, const auto& act) {
        for (const ProxyObject& object : objects) {
            if (object.proxy != station.name || object.kind != kind) continue;
            control.check();
            act(object);
            registry.remove_object(object);
        }
    };
    // Statements about migrations need a database of the session's own, whichever.
    const std::vector<std::string> databases = proxy.databases();
    for (const ProxyObject& object : objects)
        if (object.proxy == station.name && object.kind == "database" && contains(databases, object.name))
            proxy.use(object.name);
    const std::vector<UnitRow> sources = proxy.source_units();
    each("source_unit", [&](const ProxyObject& object) {
        if (has_unit(sources, object.name)) proxy.unregister_source_unit(object.name);
    });
    if (!all) return;
    each("rule", [&](const ProxyObject& object) {
        if (!contains(databases, object.database)) return;
        proxy.use(object.database);
        if (contains(proxy.sharding_rules(), object.name)) proxy.drop_sharding_rule(object.name);
    });
    // Dropping a logical database takes its units with it, and touches no table.
    each("database", [&](const ProxyObject& object) {
        if (contains(databases, object.name)) proxy.drop_database(object.name);
    });
    each("unit", [](const ProxyObject&) {});
}

}  // namespace transload::shardingsphere

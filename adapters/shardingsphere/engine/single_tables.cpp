#include "adapters/shardingsphere/engine/single_tables.hpp"

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <set>

#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/sharded_target.hpp"
#include "adapters/shardingsphere/distsql/distsql_quoting.hpp"
#include "adapters/shardingsphere/engine/proxy_setup.hpp"

namespace transload::shardingsphere {
namespace {

using std::chrono::steady_clock;

/// How long tables that the proxy does not take are looked for; writers may be waiting.
constexpr std::chrono::seconds search_limit{60};

class Loading {
  public:
    Loading(Station& station, std::string database, std::string unit, RunControl& control)
        : station_(station), database_(std::move(database)), unit_(std::move(unit)), control_(control) {}

    void run(const std::vector<std::string>& tables) {
        std::vector<std::string> possible;
        for (const std::string& table : tables) {
            if (is_quotable_table_name(table))
                possible.push_back(table);
            else
                control_.event(Severity::warning, "finalize", table,
                               "the proxy of namespace " + station_.name +
                                   " does not know the table: no statement of DistSQL can carry its name; rename the table "
                                   "to reach it through the proxy");
        }
        station_.proxy.use(database_);
        load(possible);
    }

  private:
    /// One statement for all, because each reads the whole schema anew. When it fails, halves of it find the tables that
    /// the proxy does not take.
    void load(const std::vector<std::string>& tables) {
        if (tables.empty()) return;
        control_.check();
        try {
            station_.proxy.load_single_tables(unit_, tables);
        } catch (const ProxyError& error) {
            if (error.no_answer()) throw;
            if (tables.size() == 1 || steady_clock::now() > end_) return warn(tables, error.message());
            const auto middle = tables.begin() + static_cast<std::ptrdiff_t>(tables.size() / 2);
            load({tables.begin(), middle});
            load({middle, tables.end()});
        }
    }

    void warn(const std::vector<std::string>& tables, const std::string& why) {
        for (const std::string& table : tables)
            control_.event(Severity::warning, "finalize", table,
                           fmt::format("the proxy of namespace {} does not know the table: {}; run LOAD SINGLE TABLE {}.{} "
                                       "there, in database {}",
                                       station_.name, why, unit_, table, database_));
    }

    Station& station_;
    std::string database_;
    std::string unit_;
    RunControl& control_;
    steady_clock::time_point end_ = steady_clock::now() + search_limit;
};

/// The tables that a proxy has to be told of, by target database: those that it carried; and all that stand in the default
/// unit of a sharded target, because applications reach them through it, whichever engine carried them.
std::map<std::string, std::vector<std::string>> single_tables(Migrations& migrations, const DataJob& job) {
    std::map<std::string, std::vector<std::string>> by_database;
    if (!job.spec.sharding) {
        for (const TableRecord& record : migrations.records())
            by_database[record.target.database].push_back(record.target.table);
        return by_database;
    }
    std::set<std::string> shards;
    mysql::Connection proxy = mysql::connect_logical(job.spec);
    for (const ShardingRule& rule : job.spec.sharding->rules)
        for (const mysql::ShardNode& node : mysql::shard_nodes(proxy, *job.spec.sharding, rule.table))
            if (node.unit->name == job.spec.sharding->default_unit) shards.insert(node.table);
    const std::string& database = job.spec.databases.front().target;
    for (const mysql::Row& row : migrations.registry()
                                     .connection()
                                     .query("SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE "
                                            "TABLE' AND table_schema = " +
                                            mysql::quote_text(database))
                                     .rows)
        if (!shards.contains(row.at(0).value_or(""))) by_database[database].push_back(row.at(0).value_or(""));
    return by_database;
}

}  // namespace

void load_tables(Station& station, const std::string& database, const std::string& unit,
                 const std::vector<std::string>& tables, RunControl& control) {
    try {
        Loading(station, database, unit, control).run(tables);
    } catch (const ProxyError& error) {
        control.event(Severity::warning, "finalize", database,
                      fmt::format("the proxy of namespace {} does not know the tables yet: {}; run LOAD SINGLE TABLE {}.* "
                                  "there, in database {}",
                                  station.name, error.message(), unit, database));
    }
}

void tell_proxies(const DataJob& job, Migrations& migrations, RunControl& control) {
    const std::vector<ProxyObject> objects = migrations.registry().objects();
    const auto unit_of = [&](const std::string& proxy, const std::string& database) {
        if (job.spec.sharding) return job.spec.sharding->default_unit;
        for (const ProxyObject& object : objects)
            if (object.proxy == proxy && object.kind == "unit" && object.database == database) return object.name;
        return std::string();
    };
    const std::map<std::string, std::vector<std::string>> by_database = single_tables(migrations, job);
    for (Station& station : migrations.fleet().stations()) {
        for (const auto& [target, tables] : by_database) {
            control.check();
            const std::string database = logical_database(objects, station.name, target);
            const std::string unit = unit_of(station.name, database);
            if (!database.empty() && !unit.empty()) load_tables(station, database, unit, tables, control);
        }
        if (!job.spec.sharding) continue;
        try {
            station.proxy.refresh_metadata();
        } catch (const ProxyError& error) {
            control.event(Severity::warning, "finalize", station.name,
                          "the proxy could not read the tables anew: " + error.message() +
                              "; run REFRESH TABLE METADATA there");
        }
    }
}

}  // namespace transload::shardingsphere

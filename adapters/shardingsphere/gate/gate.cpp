#include "adapters/shardingsphere/gate/gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "adapters/mysql/quoting.hpp"
#include "adapters/shardingsphere/gate/connection_judgement.hpp"
#include "adapters/shardingsphere/gate/data_reader.hpp"
#include "adapters/shardingsphere/gate/fact_reader.hpp"
#include "adapters/shardingsphere/gate/server_judgement.hpp"
#include "adapters/shardingsphere/gate/sharding_judgement.hpp"
#include "adapters/shardingsphere/gate/table_judgement.hpp"

namespace transload::shardingsphere {
namespace {

using Reasons = std::vector<Reason>;

bool keeps_from(const Reasons& reasons, Weight weight) {
    return std::any_of(reasons.begin(), reasons.end(),
                       [&](const Reason& reason) { return reason.id.kind().weight == weight; });
}

void append(Reasons& to, Reasons more) {
    std::move(more.begin(), more.end(), std::back_inserter(to));
}

/// One choice.
class Choice {
  public:
    Choice(const JobSpec& spec, std::vector<TablePlan>& tables, RunControl& control)
        : spec_(spec), tables_(tables), control_(control), of_table_(tables.size()) {}

    Findings make() {
        for (TablePlan& plan : tables_) {
            plan.engine = EngineChoice::native;
            plan.sharded = false;
        }
        const bool sharding = spec_.sharding.has_value();
        if (spec_.engine == EngineChoice::native) {
            if (sharding)
                job_.push_back({"shardingsphere.native_sharded", spec_.sharding->database,
                                "the native engine can't reach a sharded target", ""});
            return findings();
        }
        if (spec_.shardingsphere.proxies.empty()) {
            if (spec_.engine == EngineChoice::automatic && !sharding) return {};
            mark_sharded();
            job_.push_back({"shardingsphere.no_proxy", "job", "the job names no ShardingSphere-Proxy", ""});
            return findings();
        }
        mark_sharded();
        look_at_servers();
        return findings();
    }

  private:
    void mark_sharded() {
        if (!spec_.sharding) return;
        append(job_, judge_rules(spec_, tables_));
        for (TablePlan& plan : tables_) plan.sharded = rule_of(spec_, plan) != nullptr;
    }

    void look_at_servers() {
        append(job_, judge_proxies(spec_));
        control_.check();
        mysql::Server source("source", spec_.source);
        append(job_, judge_source(source, spec_, tables_));
        rooms_.push_back(connection_room(source, true));
        Circumstances circumstances;
        look_at_targets();
        if (source.mariadb()) return;  // nothing below was written for it
        circumstances.live = may_be_written(source, spec_);
        circumstances.source_allows_zero_dates = allows_zero_dates(source);
        circumstances.source_allows_zero_numbers =
            source.variable("sql_mode").find("NO_AUTO_VALUE_ON_ZERO") != std::string::npos;
        std::optional<Neighbours> neighbours;
        // Where the mode forbids zero dates, a few old ones in a table that moves are found by looking there.
        if (circumstances.live) neighbours.emplace(source, circumstances.source_allows_zero_dates);
        look_at_tables(source, circumstances);
        for (const ConnectionRoom& room : rooms_)
            if (auto reason = judge_connections(room, spec_.shardingsphere, carried().size())) job_.push_back(std::move(*reason));
        if (spec_.sharding)
            for (const DatabaseMapping& mapping : spec_.databases)
                append(job_, judge_dependants(read_programs(source, mapping.source), tables_, spec_.tables));
        if (neighbours) append(job_, neighbours->judge(carried(), control_));
    }

    void look_at_targets() {
        const auto look = [&](std::string side, const Endpoint& endpoint,
                              const std::vector<std::string>& databases) {
            control_.check();
            mysql::Server target(std::move(side), endpoint);
            append(job_, judge_target(target, endpoint, databases));
            rooms_.push_back(connection_room(target, false));
        };
        std::vector<std::string> databases;
        for (const DatabaseMapping& mapping : spec_.databases) databases.push_back(mapping.target);
        look("target", spec_.target, databases);
        if (!spec_.sharding) return;
        for (const StorageUnit& unit : spec_.sharding->units)
            if (unit.name != spec_.sharding->default_unit)
                look("storage unit " + unit.name, unit.endpoint, {unit.database});
    }

    void look_at_tables(mysql::Server& source, const Circumstances& circumstances) {
        std::vector<TableFacts> facts = read_facts(source, tables_);
        Proxy proxy(spec_.shardingsphere.proxies.front(), spec_.shardingsphere.stall);
        for (std::size_t i = 0; i < tables_.size(); ++i) {
            control_.check();
            const TablePlan& plan = tables_[i];
            const ShardingRule* rule = rule_of(spec_, plan);
            facts[i].parser_refusal = parser_refusal(proxy, definition_of(source, plan.source));
            // A table that can't be carried anyway is not worth the reading of its rows.
            if (judge_table(plan, facts[i], circumstances).empty())
                facts[i].data = read_data(source, plan, facts[i], rule ? rule->column : "", control_);
            of_table_[i] = judge_table(plan, facts[i], circumstances);
            if (rule) append(of_table_[i], judge_sharded_table(plan, facts[i], *rule));
        }
    }

    [[nodiscard]] bool can_carry(std::size_t table) const {
        return !keeps_from(of_table_[table], Weight::table) &&
               !keeps_from(of_table_[table], Weight::sharding);
    }

    [[nodiscard]] std::vector<const TablePlan*> carried() const {
        std::vector<const TablePlan*> all;
        for (std::size_t i = 0; i < tables_.size(); ++i)
            if (can_carry(i)) all.push_back(&tables_[i]);
        return all;
    }

    /// Names the engine of each table, and says why.
    Findings findings() {
        const bool automatic = spec_.engine == EngineChoice::automatic;
        const bool any_sharded =
            std::any_of(tables_.begin(), tables_.end(), [](const TablePlan& plan) { return plan.sharded; });
        const bool job_refused = keeps_from(job_, Weight::job);
        const bool leave_out = spec_.sharding && spec_.sharding->leave_out_unsupported;
        Findings all;
        for (const Reason& reason : job_)
            all.push_back(finding_of(reason, automatic && !any_sharded, leave_out));
        for (std::size_t i = 0; i < tables_.size(); ++i) {
            const bool native_can = automatic && !tables_[i].sharded;
            if (spec_.engine != EngineChoice::native && (!native_can || (can_carry(i) && !job_refused)))
                tables_[i].engine = EngineChoice::shardingsphere;
            for (const Reason& reason : of_table_[i])
                all.push_back(finding_of(reason, native_can, leave_out));
        }
        std::stable_sort(all.begin(), all.end(), [](const Finding& a, const Finding& b) {
            return std::tuple(-static_cast<int>(a.severity), a.id, a.object) <
                   std::tuple(-static_cast<int>(b.severity), b.id, b.object);
        });
        return all;
    }

    const JobSpec& spec_;
    std::vector<TablePlan>& tables_;
    RunControl& control_;
    Reasons job_;                    ///< about the job as a whole
    std::vector<Reasons> of_table_;  ///< in the order of the tables
    std::vector<ConnectionRoom> rooms_;
};

}  // namespace

Findings ShardingSphereGate::choose(const JobSpec& spec, std::vector<TablePlan>& tables,
                                    RunControl& control) {
    return Choice(spec, tables, control).make();
}

}  // namespace transload::shardingsphere
